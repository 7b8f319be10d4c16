# shellcheck shell=bash
# Installs what is missing of the named Debian packages: `. tests/packages.sh; need_packages LOG NAME…`

# Debian 12 has clang's run-time under its version's name only.
name_here() {
    if [ "$1" = libclang-rt-dev ] && ! apt-cache show "$1" >/dev/null 2>&1; then
        echo libclang-rt-14-dev
    else
        echo "$1"
    fi
}

need_packages() { # LOG NAME…
    local log=$1 name wanted=()
    shift
    if ! command -v apt-get >/dev/null; then
        echo "not a Debian system: these have to be there: $*" >&2
        return 0
    fi
    # a fresh tree has no lists of packages yet
    [ -n "$(ls -A /var/lib/apt/lists 2>/dev/null)" ] || [ "$(id -u)" != 0 ] || apt-get -qq update
    for name in "$@"; do
        name=$(name_here "$name")
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || wanted+=("$name")
    done
    [ ${#wanted[@]} -eq 0 ] && return 0
    if [ "$(id -u)" != 0 ]; then
        echo "missing: ${wanted[*]}; install them, or run this as root" >&2
        return 1
    fi
    printf '\n== installing %s\n' "${wanted[*]}"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -qq update && apt-get -qq -y --no-install-recommends install "${wanted[@]}"; } >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2; return 1; }
}
