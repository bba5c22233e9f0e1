-- A foreign key from one tenant table to another that does not take the tenant along: checks of keys ignore row security, so a row
-- could refer to another tenant's.
SELECT 'foreign-key-tenant' AS rule,
       k.conrelid::regclass || '.' || k.conname AS object,
       'FOREIGN KEY (tenant_id, …) REFERENCES ' || k.confrelid::regclass || ' (tenant_id, …)' AS remedy
  FROM pg_constraint AS k
  JOIN pg_namespace AS n ON n.oid = k.connamespace
  JOIN pg_attribute AS here ON here.attrelid = k.conrelid AND here.attname = 'tenant_id' AND NOT here.attisdropped
  JOIN pg_attribute AS there ON there.attrelid = k.confrelid AND there.attname = 'tenant_id' AND NOT there.attisdropped
 WHERE k.contype = 'f'
   AND n.nspname !~ '^(pg_|information_schema$|public$)'
   AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS pair (own, other)
                    WHERE pair.own = here.attnum AND pair.other = there.attnum)
 ORDER BY 2;
