# shellcheck shell=bash
# Sourced by the scripts beside it: a Postgres cluster of the script's own, thrown away at the end.
# It listens on a Unix socket in a folder only its owner and root may enter: no port to collide on, no password.

cluster=''
cluster_url=''

# cluster_start FOLDER [SETTING=VALUE]...: makes and starts one under FOLDER; cluster_url is where it is.
# Whoever calls this sets: trap cluster_stop EXIT
cluster_start() {
    local folder=$1 setting options
    shift
    find_postgres || { need postgresql && find_postgres; } || fail 'there is no initdb in /usr/lib/postgresql/*/bin'
    cluster=$(mktemp -d "$folder/butik-postgres.XXXXXX")
    as_owner=()
    # Postgres refuses to run as root.
    if (( EUID == 0 )); then
        chown postgres: "$cluster"
        as_owner=(runuser -u postgres --)
    fi
    options="-c listen_addresses='' -c unix_socket_directories='$cluster'"
    for setting; do options+=" -c $setting"; done
    if ! postgres_tool initdb -D "$cluster/data" -A trust -U postgres -E UTF8 --locale=C --no-sync ||
        ! postgres_tool pg_ctl -D "$cluster/data" -w -t 60 -l "$cluster/log" -o "$options" start
    then
        tail -n 20 "$cluster/tool.log" "$cluster/log" >&2 2>/dev/null || true
        fail 'the throw-away Postgres cluster did not start'
    fi
    # shellcheck disable=SC2034 # read by the scripts that source this file
    cluster_url="postgres://postgres@/postgres?host=$cluster"
}

cluster_stop() {
    [[ -n $cluster ]] || return 0
    postgres_tool pg_ctl -D "$cluster/data" -m immediate -w stop || true
    rm -rf "$cluster"
    cluster=''
}

# The newest version that has a server; a folder may hold the client alone.
find_postgres() {
    local newest
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [[ -x $newest ]] && postgres_bin=${newest%/*}
}

# In the cluster's folder, because the user postgres may not enter the caller's.
postgres_tool() {
    (cd "$cluster" && "${as_owner[@]}" "$postgres_bin/$1" "${@:2}") >>"$cluster/tool.log" 2>&1 </dev/null
}
