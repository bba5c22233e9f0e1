-- A tenant table that row security does not guard, or that its owner can read past.
SELECT 'row-security' AS rule,
       c.oid::regclass::text AS object,
       'SELECT platform.protect(''' || c.oid::regclass || ''')' AS remedy
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p')
   AND n.nspname !~ '^(pg_|information_schema$|public$)'
   AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
 ORDER BY 2;
