# shellcheck shell=bash disable=SC2034
# The parts of scripts/bench: the seeded cluster, the server under test, one round of each side. Needs lib/common.sh, lib/cluster.sh,
# lib/database.sh; BINARY, DATA, PORT, WORK and TAP (folders for scratch files and for a socket) and the options of scripts/bench.

# What people type into the search, with and without accents; some find few documents of a tenant, some hundreds.
BENCH_QUERIES=('mạng lưới bưu cục' 'phong chay chua chay Soc Son' 'chuyển phát nhanh EMS quý II năm 2025' 'luong huu Vinh Bao'
    'đào tạo nghiệp vụ giao dịch viên Mê Linh' 'an toan thong tin mang Chi Linh' 'khen thưởng tập thể' 'nang cap he thong may chu'
    'phát hành tem bưu chính 2026' 'thanh ly xe o to Quoc Oai' '12/QĐ-BĐT' 'bao ho lao dong cho buu ta' 'hội nghị người lao động quý I'
    'kiem ke kho van Cat Hai' 'Sở Tài chính Đông Triều' 'van-ban-4711')

bench_sql() { superuser_sql "$CLUSTER_SOCKET" "$CLUSTER_PORT" vanthu "$@"; }

# bench_seed DOCUMENTS: the whole database, as a cluster that is allowed to lose it while it is made.
bench_seed() {
    local low begun=$SECONDS parts=()
    rm -f "$DATA/seeded"
    cluster_start 'fsync = off' 'synchronous_commit = off' 'full_page_writes = off' 'autovacuum = off' 'max_wal_size = 20GB' \
        'checkpoint_timeout = 1h' 'maintenance_work_mem = 1GB' 'work_mem = 256MB' 'log_min_duration_statement = -1'
    superuser_sql "$CLUSTER_SOCKET" "$CLUSTER_PORT" postgres <<<'SET client_min_messages = warning; DROP DATABASE IF EXISTS vanthu'
    database_create "$CLUSTER_SOCKET" "$CLUSTER_PORT" vanthu
    "$BINARY" migrate >&2
    say "Seeding $1 documents"
    bench_sql -v documents="$1" -f "$ROOT/sql/bench/1_organisation.sql" >/dev/null
    bench_sql -f "$ROOT/sql/bench/3_indexes.sql" >/dev/null
    for low in 0 32; do
        bench_sql -v low=$low -v high=$((low + 31)) -f "$ROOT/sql/bench/2_documents.sql" >/dev/null &
        parts+=($!)
    done
    for low in "${parts[@]}"; do wait "$low" || fail "the seed failed (its message is above)"; done
    say "Indexes and checks ($((SECONDS - begun)) s so far)"
    bench_sql -At -c 'SELECT indexdef FROM bench.index ORDER BY indexdef' \
        | tr '\n' '\0' | xargs -0 -P 2 -I{} "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$CLUSTER_SOCKET" -p "$CLUSTER_PORT" -U postgres \
            -d vanthu -c '{}' || fail "an index could not be made"
    bench_sql -c 'VACUUM (ANALYZE)'
    bench_sql -f "$ROOT/sql/bench/4_check.sql" >/dev/null
    say "Seeded in $((SECONDS - begun)) s: $(bench_sql -At -c 'SELECT pg_size_pretty(pg_database_size(current_database()))')"
    cluster_stop
    sync
    printf '%s\n' "$1" "$(bench_seed_version)" >"$DATA/seeded"
}

# bench_seed_version: what the seed was made from; it is made anew when that changes.
bench_seed_version() { cat "$ROOT"/sql/bootstrap.sql "$ROOT"/sql/migrations/*.sql "$ROOT"/sql/bench/[1-4]_*.sql | sha256sum | cut -c1-16; }

bench_is_seeded() { [ "$(cat "$DATA/seeded" 2>/dev/null)" = "$1"$'\n'"$(bench_seed_version)" ]; }

# bench_warm: the indexes go into PostgreSQL's memory and the tables into the system's, as they are on a machine that has been up.
bench_warm() {
    bench_sql -c 'SET client_min_messages = warning' -c 'CREATE EXTENSION IF NOT EXISTS pg_prewarm WITH SCHEMA bench' -c "
        SELECT sum(bench.pg_prewarm(c.oid, CASE c.relkind WHEN 'i' THEN 'buffer' ELSE 'read' END))
          FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = c.relnamespace
         WHERE s.nspname IN ('documents', 'workflow') AND c.relkind IN ('r', 'i')" >/dev/null
}

# bench_serve: starts the server and waits until it is ready; sets SERVER, and READY to the milliseconds that took.
bench_serve() {
    local begun
    [ -z "$(bench_ask /)" ] || fail "port $PORT is taken. Choose another: VANTHU_PORT=$((PORT + 10)) scripts/bench"
    begun=$(date +%s%N)
    VANTHU_PORT=$PORT "$BINARY" serve </dev/null >>"$DATA/log/server.log" 2>&1 &
    SERVER=$!
    until [ "$(bench_ask /readyz)" = 200 ]; do
        kill -0 "$SERVER" 2>/dev/null || { tail -n 20 "$DATA/log/server.log" >&2; fail "the server did not start"; }
        sleep 0.01
    done
    READY=$((($(date +%s%N) - begun) / 1000000))
}

bench_unserve() {
    [ -n "${SERVER:-}" ] || return 0
    kill -TERM "$SERVER" 2>/dev/null || true
    wait "$SERVER" 2>/dev/null || true
    SERVER=
}

# bench_ask PATH: the status code, or nothing.
bench_ask() {
    local line
    { exec 3<>"/dev/tcp/127.0.0.1/$PORT"; } 2>/dev/null || return 0
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
    read -r -t 5 _ line _ <&3 || true
    exec 3>&-
    printf '%s\n' "${line:-}"
}

# bench_joined MODE: the searches with | between them; `encoded` for an address.
bench_joined() {
    python3 -c 'import sys, urllib.parse as u
print("|".join(u.quote(q) if sys.argv[1] == "encoded" else q for q in sys.argv[2:]))' "$1" "${BENCH_QUERIES[@]}"
}

# bench_record: writes the pgbench scripts from what a server of its own puts on the wire.
bench_record() {
    local waiting
    bench_waiting 64
    waiting=$BENCH_NEXT
    BENCH_NEXT=$((BENCH_NEXT + 64))
    bench_sql -At -v first="$waiting" -v queries="$(bench_joined plain)" -v encoded="$(bench_joined encoded)" -f "$ROOT/sql/bench/cases.sql" \
        | VANTHU_PORT=$((PORT + 1)) VANTHU_DATABASE_HOST=$TAP python3 "$ROOT/scripts/lib/bench_capture.py" \
            "$CLUSTER_SOCKET/.s.PGSQL.$CLUSTER_PORT" "$TAP/.s.PGSQL.$CLUSTER_PORT" "http://127.0.0.1:$((PORT + 1))" "$WORK" \
            -- "$BINARY" serve --no-worker >>"$DATA/log/capture.log" || fail "the server's statements could not be recorded"
}

# bench_waiting COUNT: makes sure of COUNT documents from BENCH_NEXT on that wait to be issued.
bench_waiting() {
    local last=$((BENCH_NEXT + $1 - 1))
    [ "$last" -ge "$BENCH_MADE" ] || return 0
    [ "$BENCH_MADE" -ge "$BENCH_NEXT" ] || BENCH_MADE=$BENCH_NEXT
    bench_sql -v first="$BENCH_MADE" -v last="$last" -f "$ROOT/sql/bench/waiting.sql" >/dev/null
    BENCH_MADE=$((last + 1))
}

# bench_requests CASE: the file that wrk plays.
bench_requests() {
    bench_sql -At -F $'\t' -v case="$1" -v first="$BENCH_NEXT" -v last=$((BENCH_MADE - 1)) -v encoded="$(bench_joined encoded)" \
        -f "$ROOT/sql/bench/requests.sql" >"$WORK/$1.requests"
}

# bench_limit CASE CONNECTIONS SECONDS: pgbench; prints transactions a second.
bench_limit() {
    local name value output defined=()
    while IFS='=' read -r name value; do defined+=(-D "$name=$value"); done <"$WORK/$1.values"
    output=$("$PG_BIN/pgbench" -h "$CLUSTER_SOCKET" -p "$CLUSTER_PORT" -U vanthu_app -n -M prepared -c "$2" -j $((($2 + 7) / 8)) -T "$3" \
        -f "$WORK/$1$BENCH_WAITING.sql" -D ready=0 -D turn=$(($(date +%s%N) / 1000000)) -D n=-1 -D first="$BENCH_NEXT" -D clients="$2" \
        -D queries="$(bench_joined plain)" "${defined[@]}" vanthu 2>"$WORK/pgbench.errors") \
        || { head -n 5 "$WORK/pgbench.errors" >&2; fail "pgbench failed in $1 (its message is above)"; }
    awk '/^tps/ { print $3 }' <<<"$output"
}

# bench_settled: waits until the server has ended what wrk, which just hangs up at its time, left under way. pgbench plays statements
# without looking at their answers and would give a second number to a document whose first commit comes late.
bench_settled() {
    local quiet=0 _
    for _ in {1..200}; do
        if [ "$(bench_sql -At -c "SELECT count(*) FROM pg_stat_activity WHERE usename = 'vanthu_app' AND state <> 'idle'")" = 0 ]; then
            quiet=$((quiet + 1))
        else
            quiet=0
        fi
        [ $quiet -lt 3 ] || return 0
        sleep 0.05
    done
    fail "the server is still at work 10 s after wrk has ended"
}

# bench_ours CASE CONNECTIONS SECONDS: wrk against the server; prints the JSON that lib/bench.lua makes.
bench_ours() {
    local line once=
    [ "$1" != issue ] || once=1
    line=$(env ${once:+BENCH_ONCE=1} BENCH_REQUESTS="$WORK/$1.requests" BENCH_RUN="$(date +%s%N)" \
        wrk -t 1 -c "$2" -d "$3s" --timeout 10s -s "$ROOT/scripts/lib/bench.lua" "http://127.0.0.1:$PORT" | grep '^{')
    bench_settled
    kill -0 "$SERVER" 2>/dev/null || fail "the server ended while $1 was measured; see $DATA/log/server.log"
    jq -e '.refused == 0 and .broken == 0 and .requests > 0' <<<"$line" >/dev/null \
        || fail "$1: requests failed: $line. See $DATA/log/server.log"
    printf '%s\n' "$line"
}
