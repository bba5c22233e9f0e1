-- A right that nobody should have: anything for everybody, structure for those who serve, writing for those who read, and any change
-- of the audit trail.
SELECT 'grants' AS rule,
       c.oid::regclass::text AS object,
       'REVOKE ' || g.privilege_type || ' ON ' || c.oid::regclass || ' FROM '
           || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END AS remedy
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL aclexplode(c.relacl) AS g
 WHERE n.nspname !~ '^(pg_|information_schema$|public$)'
   AND (g.grantee = 0
        OR g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') AND g.grantee <> c.relowner
        OR g.privilege_type <> 'SELECT' AND g.grantee::regrole::text ~ '^vanthu_(report|backup)'
        OR c.oid::regclass::text IN ('platform.audit_entry', 'platform.audit_head', 'platform.migration')
           AND g.grantee = 'vanthu_app'::regrole AND g.privilege_type <> 'SELECT'
        OR c.oid::regclass::text IN ('platform.blob', 'platform.login_attempt') AND g.grantee = 'vanthu_app'::regrole)
UNION ALL
SELECT 'grants', n.nspname, 'REVOKE CREATE ON SCHEMA ' || quote_ident(n.nspname) || ' FROM '
           || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END
  FROM pg_namespace AS n
 CROSS JOIN LATERAL aclexplode(n.nspacl) AS g
 WHERE n.nspname !~ '^(pg_|information_schema$)'
   AND g.privilege_type = 'CREATE'
   AND g.grantee <> n.nspowner
   AND g.grantee::regrole::text <> 'pg_database_owner'
UNION ALL
SELECT 'grants', c.oid::regclass::text, 'ALTER TABLE ' || c.oid::regclass || ' OWNER TO vanthu_owner'
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^(pg_|information_schema$|public$)'
   AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
   AND c.relowner <> 'vanthu_owner'::regrole
 ORDER BY 2, 3;
