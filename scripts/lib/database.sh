# shellcheck shell=bash
# The database `vanthu` in a cluster of ours: created, migrated, filled with the demonstration. Each step may be repeated.
# Needs lib/common.sh. The caller's operating system user must be let in as the roles postgres and vanthu_owner.

# The password of every demonstration account. It is printed at every start, so it is no secret.
DEMO_PASSWORD=buu-dien-2026

# superuser_sql SOCKET PORT DATABASE [psql options]
superuser_sql() {
    "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$1" -p "$2" -U postgres -d "$3" "${@:4}"
}

# database_create SOCKET PORT DATABASE: roles, settings and extensions included.
database_create() {
    local found
    found=$(superuser_sql "$1" "$2" postgres -At -v name="$3" <<<"SELECT 1 FROM pg_database WHERE datname = :'name'")
    [ -n "$found" ] || superuser_sql "$1" "$2" postgres -v name="$3" \
        <<<"CREATE DATABASE :\"name\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    PGOPTIONS='-c client_min_messages=warning' superuser_sql "$1" "$2" "$3" -1 -f "$ROOT/sql/bootstrap.sql" >/dev/null
}

# demonstration_missing SOCKET PORT DATABASE: true until headquarters has its registers of the current year.
demonstration_missing() {
    [ -z "$(superuser_sql "$1" "$2" "$3" -At <<<"
        SELECT 1
          FROM documents.register AS r
          JOIN platform.tenant AS t ON t.id = r.tenant_id
         WHERE t.code = 'TCT' AND r.year = extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh') LIMIT 1")" ]
}

# demonstration_seed SOCKET PORT DATABASE BINARY: all parts in one transaction, with one password hash for everybody.
demonstration_seed() {
    local hash
    hash=$(printf '%s' "$DEMO_PASSWORD" | "$4" account hash-password)
    cat "$ROOT"/sql/demo/[1-9]_*.sql | superuser_sql "$1" "$2" "$3" -1 -v password_hash="$hash" >/dev/null
}

# demonstration_accounts SOCKET PORT DATABASE: the accounts of Hà Nội that matter for a walk through, one a line.
demonstration_accounts() {
    superuser_sql "$1" "$2" "$3" -At -F '|' <<<"
        SELECT a.login || '@bdhn', min(o.title), p.full_name
          FROM platform.account AS a
          JOIN platform.tenant AS t ON t.id = a.tenant_id AND t.code = 'BDHN'
          JOIN organisation.person AS p ON p.tenant_id = a.tenant_id AND p.id = a.person_id
          JOIN organisation.post AS o ON o.tenant_id = p.tenant_id AND o.person_id = p.id
         WHERE a.login IN ('chuyenvien', 'truongphong', 'lanhdao', 'vanthu', 'quantri')
         GROUP BY a.login, p.full_name
         ORDER BY array_position(ARRAY['chuyenvien', 'truongphong', 'lanhdao', 'vanthu', 'quantri'], a.login)" \
        | while IFS='|' read -r login title name; do printf '  %-18s %s, %s\n' "$login" "$name" "$title"; done
}
