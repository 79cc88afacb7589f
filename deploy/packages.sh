# shellcheck shell=bash
# Sourced by the scripts beside it: system packages and the toolchain.

# What a build needs beside the Swift toolchain: the C libraries' headers, and git for SwiftPM to fetch with.
# tzdata because shops have time zones and slim images don't. libvips-tools resizes images, under util-linux's prlimit.
# libxml2 looks at descriptions of apps that have links.
# shellcheck disable=SC2034 # read by the scripts that source this file
build_packages=(libsqlite3-dev libpq-dev zlib1g-dev libcurl4-openssl-dev pkg-config git ca-certificates tzdata libvips-tools libxml2 util-linux)

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit "${2:-1}"
}

# need PACKAGE...: installs those that are missing. Asking dpkg first makes every later run cost milliseconds.
need() {
    local installed package missing=() sudo=()
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package; do
        grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
    done
    (( ${#missing[@]} )) || return 0

    printf 'Installing %s\n' "${missing[*]}" >&2
    if (( EUID != 0 )); then
        command -v sudo >/dev/null || fail "run as root, or install these first: ${missing[*]}"
        sudo=(sudo)
    fi
    # The waiting is for a machine that still runs its own first update. A failed update is left to the install to
    # judge: the lists that are there may do. Standard output is left to the scripts' own answers.
    {
        "${sudo[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update || true
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=300 \
            install --no-install-recommends "${missing[@]}"
    } >&2 || fail "apt-get could not install ${missing[*]}"
}

# What tests use of PyPI.
python_packages=(
    aiosmtpd==1.4.6 Authlib==1.9.10 requests==2.34.2 playwright==1.65.2 axe-playwright-python==0.1.8 mcp==2.3.0
    standardwebhooks==1.1.0 svix==2.9.1
)

# need_python ROOT: leaves an interpreter with those at ROOT/.build/python/bin/python3.
need_python() {
    local folder=$1/.build/python
    [[ -f $folder/packages && $(<"$folder/packages") == "${python_packages[*]}" ]] && return 0
    printf 'Installing %s\n' "${python_packages[*]}" >&2
    { python3 -m venv "$folder" && "$folder/bin/python3" -m pip install -q "${python_packages[@]}"; } >&2 \
        || fail "pip could not install ${python_packages[*]}"
    printf '%s' "${python_packages[*]}" >"$folder/packages"
}

need_swift() {
    command -v swift >/dev/null || fail 'there is no swift in PATH; install Swift 6.3 from https://www.swift.org/install'
}
