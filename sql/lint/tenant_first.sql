-- A key or index of a tenant table that does not begin with tenant_id: a unique one tells of other tenants' values, and every one
-- reads their rows. An index that must be so says why: COMMENT ON INDEX … IS 'lint-allow tenant-first: reason'.
SELECT 'tenant-first' AS rule,
       i.indexrelid::regclass::text AS object,
       'begin the index on ' || i.indrelid::regclass || ' with tenant_id' AS remedy
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indrelid
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
 WHERE n.nspname !~ '^(pg_|information_schema$|public$)'
   AND i.indkey[0] <> a.attnum
   AND coalesce(obj_description(i.indexrelid, 'pg_class'), '') !~ 'lint-allow tenant-first: .'
 ORDER BY 2;
