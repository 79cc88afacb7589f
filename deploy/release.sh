# shellcheck shell=bash
# Sourced by the scripts beside it: the release binary, built only when something it is made of has changed.
# SwiftPM would find that out too, but takes seconds to.

# build_release ROOT: leaves the binary at ROOT/.build/release/butik.
build_release() {
    local binary=$1/.build/release/butik stamp=$1/.build/release/.butik-stamp sources
    sources=$(hash_sources "$1")
    [[ -x $binary && -f $stamp && $(<"$stamp") == "$(stamp_of "$1" "$sources" "$binary")" ]] && return 0
    need_swift
    (cd "$1" && swift build -c release --product butik) >&2
    # The sources as they were before the build: a file saved while it ran is built next time.
    stamp_of "$1" "$sources" "$binary" >"$stamp"
}

# The contents, not the dates: a checkout touches every file. The toolchain counts, for the binary runs on its libraries.
hash_sources() {
    {
        (cd "$1" && find Package.swift Sources Migrations Seeds -type f -print0 | sort -z | xargs -0 sha256sum)
        stat -L -c '%n %s %Y' "$(command -v swift)" 2>/dev/null || true
    } | sha256sum
}

# The first build writes Package.resolved, so that is read when the build is done.
stamp_of() {
    printf '%s\n' "$2"
    sha256sum <"$1/Package.resolved" 2>/dev/null || true
    stat -c '%s %Y' "$3"
}
