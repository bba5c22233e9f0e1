# shellcheck shell=bash
# What every script shares: the project's folder, plain messages, and a way to be root for one command.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
export ROOT

# say TEXT…: tells the person what happens now. On standard error, so that output meant for programs stays clean.
say() { printf '%s\n' "$*" >&2; }

# fail TEXT…: says what went wrong and what to do next, and ends the script.
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# usage: the first comment block of the calling script is its help.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# as_root COMMAND…: runs it as root, through sudo when this is an ordinary user. Never waits for a password nobody can type.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif ! command -v sudo >/dev/null; then
        fail "this needs root and sudo is not installed. As root, run: $*"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@" || fail "sudo could not run without a password. As root, run: $*"
    fi
}

# is_port NUMBER
is_port() { [[ $1 =~ ^[0-9]{1,5}$ ]] && [ "$1" -ge 1 ] && [ "$1" -le 65535 ]; }
