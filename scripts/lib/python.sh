# shellcheck shell=bash
# The Python environment that tests and benchmarks share.

# prepare_python: .venv with exactly the packages of Tests/Acceptance/requirements.txt; made anew only when those change.
prepare_python() {
    local wanted
    wanted=$(/usr/bin/python3 --version; cat Tests/Acceptance/requirements.txt)
    [ "$(cat .venv/requirements.installed 2>/dev/null)" != "$wanted" ] || return 0
    say "Installing Python packages into .venv"
    /usr/bin/python3 -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement Tests/Acceptance/requirements.txt \
        || fail "pip could not install Tests/Acceptance/requirements.txt (its output is above)"
    printf '%s\n' "$wanted" >.venv/requirements.installed
}
