-- Keeps the plan of a function that every page asks.
-- Locks: replaces a function.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

/* The posts that a person may act in for somebody else at this moment, each by the delegation that lasts longest. */
CREATE OR REPLACE FUNCTION organisation.delegated_posts(person uuid)
RETURNS TABLE (post_id uuid, delegation_id uuid, ends_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (a.id) a.id, g.id, g.ends_at
      FROM organisation.post AS b
      JOIN organisation.delegation AS g ON g.tenant_id = b.tenant_id AND g.to_post_id = b.id
      JOIN organisation.post AS a ON a.tenant_id = g.tenant_id AND a.id = g.from_post_id
     WHERE b.tenant_id = platform.current_tenant() AND b.person_id = delegated_posts.person
       AND b.started_on <= current_date AND (b.ended_on IS NULL OR b.ended_on > current_date)
       AND a.started_on <= current_date AND (a.ended_on IS NULL OR a.ended_on > current_date) AND a.role <> 'administrator'
       AND g.starts_at <= now() AND g.ends_at > now() AND g.ended_at IS NULL
     ORDER BY a.id, g.ends_at DESC, g.id;
END $$;
