# shellcheck shell=bash disable=SC2034
# Debian packages: which ones the project needs for what, and how a missing one is installed.
# `one|other` means that either will do; the first is what gets installed.

# What `swift build` links against.
BUILD_PACKAGES=(libpq-dev libssl-dev libargon2-dev libqpdf-dev zlib1g-dev libxml2-dev libxmlsec1-dev pkg-config)
# What the running server uses: the database, the PDF tools, the converter and its fonts, the sandbox for both; what pages are made of.
RUN_PACKAGES=(postgresql-15 poppler-utils qpdf 'libreoffice-writer-nogui|libreoffice-writer' fonts-liberation2 bubblewrap tzdata procps
    libjs-bootstrap5 libjs-pdf libjs-chart.js)
# What only the tests use.
TEST_PACKAGES=(python3-venv shellcheck curl chromium xmlsec1 softhsm2 opensc)
# What only the benchmark uses; pgbench itself comes with postgresql-15.
BENCH_PACKAGES=(wrk jq)

# missing_packages NAME…: prints those that are not installed. Asks dpkg only, so it costs a few milliseconds.
missing_packages() {
    local wish names
    for wish in "$@"; do
        IFS='|' read -ra names <<<"$wish"
        # shellcheck disable=SC2016
        dpkg-query -W -f='${db:Status-Status}\n' "${names[@]}" 2>/dev/null | grep -qx installed || printf '%s\n' "${names[0]}"
    done
}

# install_packages NAME…: installs what is missing and nothing else.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "apt-get is not here. Install by hand: ${missing[*]}"
    say "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { as_root apt-get -o DPkg::Lock::Timeout=300 update -q && install_without_services "${missing[@]}"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        fail "the packages could not be installed (the end of the log is above). By hand: apt-get install ${missing[*]}"
    fi
    rm -f "$log"
}

# Debian's PostgreSQL makes a cluster of its own when it is installed, and starts it. The project runs its own cluster in
# its own folder, so the setting below holds that back; it lives only as long as this installation.
install_without_services() {
    local setting=/etc/postgresql-common/createcluster.d/vanthu-no-main-cluster.conf status=0
    if [[ " $* " == *" postgresql-"* ]]; then
        as_root mkdir -p "${setting%/*}"
        printf 'create_main_cluster = false\n' | as_root tee "$setting" >/dev/null
    else
        setting=
    fi
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$@" || status=$?
    [ -z "$setting" ] || as_root rm -f "$setting"
    return "$status"
}
