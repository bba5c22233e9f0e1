-- A view that reads with its owner's rights and so past row security; and a materialised view, which has no row security at all,
-- that the application can read.
SELECT 'view-security' AS rule,
       c.oid::regclass::text AS object,
       CASE c.relkind WHEN 'v' THEN 'CREATE VIEW … WITH (security_invoker = true)'
                      ELSE 'do not grant a materialised view to vanthu_app or a reporting role' END AS remedy
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^(pg_|information_schema$|public$)'
   AND (c.relkind = 'v'
        AND NOT EXISTS (SELECT FROM pg_options_to_table(c.reloptions) AS o
                         WHERE o.option_name = 'security_invoker' AND o.option_value IN ('true', 'on', '1'))
        OR c.relkind = 'm'
        AND (has_table_privilege('vanthu_app', c.oid, 'SELECT') OR has_table_privilege('vanthu_report', c.oid, 'SELECT')))
 ORDER BY 2;
