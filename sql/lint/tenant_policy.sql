-- A tenant table whose policy is missing, is not the only one, or is not the one form. Policies are OR-ed, so a second one opens doors.
SELECT 'tenant-policy' AS rule,
       c.oid::regclass::text AS object,
       'exactly one policy for all commands and roles: tenant_id = (SELECT platform.current_tenant()), as platform.protect makes it' AS remedy
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p')
   AND n.nspname !~ '^(pg_|information_schema$|public$)'
   AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
   AND (SELECT count(*) <> 1
               OR NOT coalesce(bool_and(p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
                                        AND pg_get_expr(p.polqual, p.polrelid) = form.text
                                        AND pg_get_expr(p.polwithcheck, p.polrelid) = form.text), false)
          FROM pg_policy AS p
         CROSS JOIN (VALUES ('(tenant_id = ( SELECT platform.current_tenant() AS current_tenant))')) AS form (text)
         WHERE p.polrelid = c.oid)
 ORDER BY 2;
