# shellcheck shell=bash
# An embedded PostgreSQL 15 cluster in a folder of ours: unix socket only, never as root, started, adopted and stopped.
#
# cluster_open DATA sets, for all the others:
#   CLUSTER_DATA    PostgreSQL's own folder           CLUSTER_SOCKET  the folder of the socket, short enough to connect to
#   CLUSTER_USER    the operating system user it runs as            CLUSTER_LOG     the server's log file
# CLUSTER_ACCESS=trust lets everybody in who can reach the socket; otherwise the operating system's user counts (peer).
# Needs lib/common.sh.

PG_BIN=${PG_BIN:-/usr/lib/postgresql/15/bin}
CLUSTER_PORT=5432
CLUSTER_ACCESS=${CLUSTER_ACCESS:-peer}

# as_postgres COMMAND…: runs it as the user that owns the cluster. PostgreSQL refuses root, so root becomes `postgres`.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        env -C / HOME=/var/lib/postgresql setpriv --reuid postgres --regid postgres --init-groups "$@"
    else
        env -C / "$@"
    fi
}

# cluster_sql [psql options]: psql as superuser on the database `postgres`, errors fatal, no personal settings.
cluster_sql() {
    as_postgres "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$CLUSTER_SOCKET" -p "$CLUSTER_PORT" -U postgres -d postgres "$@"
}

# cluster_open DATA: makes the folders and decides where PostgreSQL's files and its socket can live.
cluster_open() {
    local data stem
    [ -x "$PG_BIN/postgres" ] || fail "PostgreSQL 15 is not in $PG_BIN. Run scripts/packages"
    mkdir -p "$1"
    data=$(cd "$1" && pwd -P)
    stem=vanthu-$(printf '%s' "$data" | sha256sum | cut -c1-12)
    CLUSTER_USER=$(as_postgres id -un)
    CLUSTER_DATA=$data/postgres
    [ ! -L "$CLUSTER_DATA" ] || CLUSTER_DATA=$(readlink "$CLUSTER_DATA")
    CLUSTER_SOCKET=$data/run
    CLUSTER_LOG=$data/log/postgres.log
    if [ -d "$CLUSTER_DATA" ] && [ "$(stat -L -c %U "$CLUSTER_DATA")" != "$CLUSTER_USER" ]; then
        fail "$CLUSTER_DATA belongs to $(stat -L -c %U "$CLUSTER_DATA"), and this would run as $CLUSTER_USER." \
            "Start it as the user who made it, or choose another folder with VANTHU_DATA"
    fi
    mkdir -p "$data/log"
    if ! as_postgres test -x "$data"; then
        # A clone in a folder that only root may enter, such as root's home.
        CLUSTER_DATA=/var/lib/$stem/postgres
        cluster_folder "/var/lib/$stem" 0755
        cluster_elsewhere "$data/postgres" "$CLUSTER_DATA" "the user $CLUSTER_USER cannot enter $data"
        CLUSTER_SOCKET=$(cluster_short_folder "$stem")
        cluster_elsewhere "$data/run" "$CLUSTER_SOCKET" "the user $CLUSTER_USER cannot enter $data"
    elif [ $((${#CLUSTER_SOCKET} + ${#CLUSTER_PORT} + 12)) -gt 107 ] || [[ $CLUSTER_SOCKET == *,* ]]; then
        CLUSTER_SOCKET=$(cluster_short_folder "$stem")
        cluster_elsewhere "$data/run" "$CLUSTER_SOCKET" "a socket path may have 107 bytes and no comma"
    else
        [ ! -L "$CLUSTER_SOCKET" ] || rm -f "$CLUSTER_SOCKET"
        cluster_folder "$CLUSTER_SOCKET" 0755
    fi
}

# cluster_folder PATH MODE: makes it, owned by the cluster's user.
cluster_folder() {
    mkdir -p "$1"
    [ "$(id -u)" -ne 0 ] || chown "$CLUSTER_USER" "$1"
    chmod "$2" "$1"
}

# cluster_elsewhere LINK TARGET REASON: leaves a link where the folder is looked for, and says so once.
cluster_elsewhere() {
    [ "$(readlink "$1" 2>/dev/null)" != "$2" ] || return 0
    if [ -e "$1/PG_VERSION" ]; then fail "$3, and the database is in it. Let that user pass: chmod o+x, on each folder above too"; fi
    [ -L "$1" ] || rm -rf "$1"
    say "Using $2 for ${1##*/}: $3"
    ln -sfn "$2" "$1"
}

# A short folder for the socket with a name that is the same at every start. /run when we may write there, else /tmp; in
# /tmp anyone could have made it first, so one that is not ours is refused.
cluster_short_folder() {
    local folder=/run/$1
    [ -w /run ] || folder=/tmp/$1
    if [ -e "$folder" ] && [ "$(stat -c %U "$folder")" != "$CLUSTER_USER" ]; then
        fail "$folder belongs to somebody else; remove it or choose a shorter VANTHU_DATA"
    fi
    cluster_folder "$folder" 0755
    printf '%s\n' "$folder"
}

# cluster_create: initdb into a folder beside, then a rename, so that an interrupted start leaves no half cluster.
cluster_create() {
    [ ! -e "$CLUSTER_DATA/PG_VERSION" ] || return 0
    say "Making a PostgreSQL cluster in $CLUSTER_DATA"
    rm -rf "$CLUSTER_DATA.new"
    cluster_folder "$CLUSTER_DATA.new" 0700
    as_postgres "$PG_BIN/initdb" -D "$CLUSTER_DATA.new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
        --data-checksums --auth=peer --no-instructions >"$CLUSTER_LOG" 2>&1 \
        || { tail -n 20 "$CLUSTER_LOG" >&2; fail "initdb failed (its output is above)"; }
    printf 'include %s\n' "'vanthu.conf'" >>"$CLUSTER_DATA.new/postgresql.conf"
    rmdir "$CLUSTER_DATA" 2>/dev/null || true
    mv -T "$CLUSTER_DATA.new" "$CLUSTER_DATA"
}

# cluster_configure LINES…: access by operating system user, the machine's tuning, then LINES, which win.
cluster_configure() {
    local role
    {
        cluster_tuning
        printf '%s\n' "$@"
    } >"$CLUSTER_DATA/vanthu.conf"
    printf 'local all all %s\n' "${CLUSTER_ACCESS/peer/peer map=vanthu}" >"$CLUSTER_DATA/pg_hba.conf"
    {
        printf '# map system-user database-role\n'
        for role in postgres vanthu_owner vanthu_app vanthu_report_all vanthu_backup; do
            printf 'vanthu %s %s\n' "$CLUSTER_USER" "$role"
            [ "$(id -un)" = "$CLUSTER_USER" ] || printf 'vanthu %s %s\n' "$(id -un)" "$role"
        done
    } >"$CLUSTER_DATA/pg_ident.conf"
    [ "$(id -u)" -ne 0 ] || chown "$CLUSTER_USER" "$CLUSTER_DATA"/{vanthu,pg_hba,pg_ident}.conf
}

# cluster_memory: the megabytes this machine, or the control group we are in, has.
cluster_memory() {
    local total limit
    total=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)
    if [[ $limit =~ ^[0-9]+$ ]] && [ $((limit / 1048576)) -lt "$total" ]; then total=$((limit / 1048576)); fi
    printf '%s\n' "$total"
}

# cluster_tuning: settings for one machine that also runs the server, converters and its person's desktop.
cluster_tuning() {
    local memory cores shared
    memory=$(cluster_memory)
    cores=$(nproc)
    shared=$((memory / 4))
    if [ "$shared" -gt 8192 ]; then shared=8192; fi
    if [ "$shared" -lt 128 ]; then shared=128; fi
    cat <<CONF
listen_addresses = ''
unix_socket_directories = '"${CLUSTER_SOCKET//\'/\'\'}"'
port = $CLUSTER_PORT
max_connections = 100
shared_buffers = ${shared}MB
effective_cache_size = $((memory / 2))MB
work_mem = $((memory < 4096 ? 8 : 16))MB
maintenance_work_mem = $((shared < 2048 ? shared / 4 : 512))MB
huge_pages = try
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = lz4
min_wal_size = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
effective_io_concurrency = 200
maintenance_io_concurrency = 200
max_worker_processes = $((cores + 6))
max_parallel_workers = $cores
max_parallel_workers_per_gather = $((cores > 4 ? 4 : cores / 2))
jit = off
track_io_timing = on
autovacuum_vacuum_scale_factor = 0.05
autovacuum_analyze_scale_factor = 0.05
log_timezone = 'Asia/Ho_Chi_Minh'
timezone = 'Asia/Ho_Chi_Minh'
log_line_prefix = '%m [%p] %q%a %u@%d '
log_lock_waits = on
log_min_duration_statement = 2s
# Parameters are people's data; they never reach the log.
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
CONF
}

# cluster_answers: is our own postmaster there and ready?
cluster_answers() {
    [ "$(cluster_sql -At -c 'SHOW data_directory' 2>/dev/null)" = "$CLUSTER_DATA" ]
}

# cluster_processes: prints the ids of the PostgreSQL processes that live in this folder, orphans of a killed one included.
cluster_processes() {
    local pid
    for pid in $(pgrep -x postgres); do
        [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" != "$CLUSTER_DATA" ] || printf '%s\n' "$pid"
    done
}

# cluster_postmaster: prints the id of a living postmaster of this folder. After a crash or a reboot the file may name
# nobody, or somebody else's process.
cluster_postmaster() {
    local pid
    pid=$(head -n 1 "$CLUSTER_DATA/postmaster.pid" 2>/dev/null) || return 1
    cluster_processes | grep -x "$pid"
}

# cluster_bury: removes what a killed postmaster left. The lock files may go only when none of its processes lives any more,
# or two would write the same data; orphans notice by themselves, but not in the middle of a long calculation.
cluster_bury() {
    local _ pids
    for _ in {1..50}; do
        [ -n "$(cluster_processes)" ] || break
        sleep 0.2
    done
    mapfile -t pids < <(cluster_processes)
    if [ "${#pids[@]}" -gt 0 ]; then
        kill -KILL "${pids[@]}"
        sleep 1
        [ -z "$(cluster_processes)" ] || fail "processes of an earlier PostgreSQL will not end: ${pids[*]}"
    fi
    rm -f "$CLUSTER_DATA/postmaster.pid" "$CLUSTER_SOCKET/.s.PGSQL.$CLUSTER_PORT"{,.lock}
}

# cluster_start LINES…: starts it with the extra settings LINES, or adopts the one that a killed script left running.
cluster_start() {
    local _
    cluster_create
    for _ in {1..300}; do
        cluster_postmaster >/dev/null || break
        if cluster_answers; then
            say "PostgreSQL is already running in $CLUSTER_DATA; going on with it"
            return 0
        fi
        sleep 0.2
    done
    cluster_stop
    cluster_bury
    cluster_configure "$@"
    [ ! -f "$CLUSTER_LOG" ] || [ "$(stat -c %s "$CLUSTER_LOG")" -lt 10000000 ] || mv -f "$CLUSTER_LOG" "$CLUSTER_LOG.1"
    cluster_launch || { tail -n 20 "$CLUSTER_LOG" >&2; fail "PostgreSQL did not start (the end of $CLUSTER_LOG is above)"; }
}

# The log is opened here, by whoever runs the script: the cluster's user need not be able to reach it.
cluster_launch() {
    as_postgres "$PG_BIN/pg_ctl" start -s -w -t 600 -D "$CLUSTER_DATA" </dev/null >>"$CLUSTER_LOG" 2>&1 9>&-
}

# cluster_stop: ends it cleanly; no complaint when it is not running.
cluster_stop() {
    local pid
    pid=$(cluster_postmaster) || return 0
    as_postgres "$PG_BIN/pg_ctl" stop -s -w -t 120 -m fast -D "$CLUSTER_DATA" </dev/null >>"$CLUSTER_LOG" 2>&1 \
        || ! kill -0 "$pid" 2>/dev/null || fail "PostgreSQL (process $pid) did not stop; see $CLUSTER_LOG"
}
