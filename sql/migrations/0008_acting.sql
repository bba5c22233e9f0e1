-- Acting for somebody else (uỷ quyền xử lý) and in one of several posts, under the name of who really acts; one's own sessions;
-- and in one call what has just happened to many holders.
-- Locks: ACCESS EXCLUSIVE for a moment on workflow.step and workflow.direction (columns with a constant default, nothing is rewritten);
-- the same on organisation.unit while its rows, thousands at most, get their folded names.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- ---------------------------------------------------------------------------------------------------------------------------
-- Delegations

-- Between two moments the holder of one post may act in another one too ("B thay A"). Judged anew at every request, so one that has run
-- out, or whose post has ended, gives nothing. It never includes keys (Decree 23/2025: a certificate is its holder's own).
CREATE TABLE organisation.delegation (
    tenant_id    uuid        NOT NULL DEFAULT platform.current_tenant(),
    id           uuid        NOT NULL DEFAULT platform.uuid_v7(),
    from_post_id uuid        NOT NULL,
    to_post_id   uuid        NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    reason       text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    CONSTRAINT delegation_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT delegation_from_fkey FOREIGN KEY (tenant_id, from_post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT delegation_to_fkey FOREIGN KEY (tenant_id, to_post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT delegation_between_two CHECK (from_post_id <> to_post_id),
    CONSTRAINT delegation_ends_after_start CHECK (ends_at > starts_at),
    CONSTRAINT delegation_at_most_a_year CHECK (ends_at - starts_at <= interval '366 days'),
    CONSTRAINT delegation_reason_text CHECK (char_length(reason) <= 500 AND reason IS NFC NORMALIZED)
);
COMMENT ON TABLE organisation.delegation IS 'Uỷ quyền xử lý: whoever holds to_post_id may act in from_post_id from starts_at until ends_at or ended_at.';
CREATE INDEX delegation_from_idx ON organisation.delegation (tenant_id, from_post_id, ends_at);
CREATE INDEX delegation_to_idx ON organisation.delegation (tenant_id, to_post_id, ends_at);
SELECT platform.protect('organisation.delegation');

/* The posts of others that this person of the current tenant may act in now, each by the delegation that lasts longest. */
CREATE FUNCTION organisation.delegated_posts(person uuid) RETURNS TABLE (post_id uuid, delegation_id uuid, ends_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT DISTINCT ON (a.id) a.id, g.id, g.ends_at
      FROM organisation.post AS b
      JOIN organisation.delegation AS g ON g.tenant_id = b.tenant_id AND g.to_post_id = b.id
      JOIN organisation.post AS a ON a.tenant_id = g.tenant_id AND a.id = g.from_post_id
     WHERE b.tenant_id = platform.current_tenant() AND b.person_id = delegated_posts.person
       AND b.started_on <= current_date AND (b.ended_on IS NULL OR b.ended_on > current_date)
       AND a.started_on <= current_date AND (a.ended_on IS NULL OR a.ended_on > current_date) AND a.role <> 'administrator'
       AND g.starts_at <= now() AND g.ends_at > now() AND g.ended_at IS NULL
     ORDER BY a.id, g.ends_at DESC, g.id
$$;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Who is asking, and for whom

-- The delegation by which the caller acts in somebody else's post; NULL when in an own one.
CREATE FUNCTION platform.current_delegation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(pg_catalog.current_setting('vanthu.delegation', true), '')::uuid $$;

-- The session that asks; NULL for a token and for the system.
CREATE FUNCTION platform.current_session() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(pg_catalog.current_setting('vanthu.session', true), '')::uuid $$;

/* Refuses what only the holder of a post does: signing and sealing, keys, tokens, delegating. */
CREATE FUNCTION platform.ensure_in_person() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
    PERFORM platform.ensure(platform.current_delegation() IS NULL, 'VT403', 'not_by_delegation');
END $$;

-- Opens a transaction of the system itself (jobs, command line) in one tenant.
CREATE OR REPLACE FUNCTION platform.begin_system(tenant uuid) RETURNS void LANGUAGE sql VOLATILE
AS $$
    SELECT pg_catalog.set_config('vanthu.tenant', $1::text, true), pg_catalog.set_config('vanthu.role', 'system', true),
           pg_catalog.set_config('vanthu.account', '', true), pg_catalog.set_config('vanthu.person', '', true),
           pg_catalog.set_config('vanthu.post', '', true), pg_catalog.set_config('vanthu.unit', '', true),
           pg_catalog.set_config('vanthu.holders', '', true), pg_catalog.set_config('vanthu.request', '', true),
           pg_catalog.set_config('vanthu.address', '', true), pg_catalog.set_config('vanthu.session', '', true),
           pg_catalog.set_config('vanthu.delegation', '', true), pg_catalog.set_config('vanthu.on_behalf_of', '', true)
$$;

/* Opens a request: finds who the secret belongs to, checks that account, post and tenant are in force today and that a token has the
   scope, and sets what the rest of the transaction reads (current_tenant, current_post, holders, …). It is the first statement of
   every request's transaction, pipelined with the next one; when it refuses, nothing after it runs.
   A session's post may be somebody else's while a delegation leads from it to a post of the caller's; the audit trail then names the
   absent person in on_behalf_of. A token always acts in a post of its own person. */
CREATE OR REPLACE FUNCTION platform.begin_request(credential text, hash bytea, scope text, request_id uuid, address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    caller record;
BEGIN
    IF credential = 'session' THEN
        SELECT s.tenant_id, s.id, s.account_id, s.post_id, s.last_seen_at, NULL::text[] AS scopes INTO caller
          FROM platform.session AS s
         WHERE s.secret_hash = hash AND s.revoked_at IS NULL AND s.expires_at > now();
    ELSE
        SELECT k.tenant_id, k.id, k.account_id, k.post_id, k.last_used_at AS last_seen_at, k.scopes INTO caller
          FROM platform.api_token AS k
         WHERE k.secret_hash = hash AND k.revoked_at IS NULL AND k.expires_at > now();
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'VT401', MESSAGE = 'unauthenticated';
    END IF;
    IF credential <> 'session' AND scope IS NOT NULL AND NOT scope = ANY (caller.scopes) THEN
        RAISE EXCEPTION USING ERRCODE = 'VT403', MESSAGE = 'insufficient_scope';
    END IF;
    PERFORM set_config('vanthu.tenant', a.tenant_id::text, true),
            set_config('vanthu.account', a.id::text, true),
            set_config('vanthu.person', coalesce(a.person_id::text, ''), true),
            set_config('vanthu.post', coalesce(t.id::text, ''), true),
            set_config('vanthu.unit', coalesce(t.unit_id::text, ''), true),
            set_config('vanthu.role', coalesce(t.role, ''), true),
            set_config('vanthu.holders',
                       CASE t.role WHEN 'head' THEN '{' || t.id || ',' || t.unit_id || '}'
                                   WHEN 'clerk' THEN '{' || t.id || ',' || t.tenant_id || '}'
                                   ELSE coalesce('{' || t.id || '}', '') END, true),
            set_config('vanthu.session', CASE credential WHEN 'session' THEN caller.id::text ELSE '' END, true),
            set_config('vanthu.delegation', '', true),
            set_config('vanthu.on_behalf_of', '', true),
            set_config('vanthu.request', request_id::text, true),
            set_config('vanthu.address', begin_request.address, true)
       FROM platform.account AS a
       JOIN platform.tenant AS o ON o.id = a.tenant_id AND o.state = 'active'
       LEFT JOIN organisation.post AS t
              ON t.tenant_id = a.tenant_id AND t.id = caller.post_id AND t.person_id = a.person_id
             AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
      WHERE a.tenant_id = caller.tenant_id AND a.id = caller.account_id AND a.state = 'active';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'VT401', MESSAGE = 'unauthenticated';
    END IF;
    -- The post is not an own one in force, so it may be one that is delegated. In one's own post nothing of this runs.
    IF credential = 'session' AND caller.post_id IS NOT NULL AND current_setting('vanthu.post', true) = '' THEN
        PERFORM set_config('vanthu.post', t.id::text, true),
                set_config('vanthu.unit', t.unit_id::text, true),
                set_config('vanthu.role', t.role, true),
                set_config('vanthu.holders',
                           CASE t.role WHEN 'head' THEN '{' || t.id || ',' || t.unit_id || '}'
                                       WHEN 'clerk' THEN '{' || t.id || ',' || t.tenant_id || '}'
                                       ELSE '{' || t.id || '}' END, true),
                set_config('vanthu.delegation', g.delegation_id::text, true),
                set_config('vanthu.on_behalf_of', t.person_id::text, true)
           FROM organisation.delegated_posts(platform.current_person()) AS g
           JOIN organisation.post AS t ON t.tenant_id = caller.tenant_id AND t.id = g.post_id
          WHERE g.post_id = caller.post_id;
    END IF;
    -- Seen is kept to five minutes, so that reading does not write.
    IF caller.last_seen_at IS NULL OR caller.last_seen_at < now() - interval '5 minutes' THEN
        IF credential = 'session' THEN
            UPDATE platform.session SET last_seen_at = now() WHERE tenant_id = caller.tenant_id AND id = caller.id;
        ELSE
            UPDATE platform.api_token SET last_used_at = now() WHERE tenant_id = caller.tenant_id AND id = caller.id;
        END IF;
    END IF;
END $$;

/* Lets the current session act in another post from the next request on: an own one, or one delegated to the caller. */
CREATE FUNCTION platform.choose_post(post uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM platform.ensure(platform.current_session() IS NOT NULL, 'VT403', 'sessions_only');
    PERFORM platform.ensure(
        EXISTS (SELECT FROM organisation.post AS t
                 WHERE t.tenant_id = platform.current_tenant() AND t.id = choose_post.post AND t.person_id = platform.current_person()
                   AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date))
        OR EXISTS (SELECT FROM organisation.delegated_posts(platform.current_person()) AS g WHERE g.post_id = choose_post.post),
        'VT422', 'unknown_post', 'post_id');
    UPDATE platform.session AS s SET post_id = choose_post.post
     WHERE s.tenant_id = platform.current_tenant() AND s.id = platform.current_session()
       AND s.account_id = platform.current_account();
END $$;
SELECT platform.elevate('platform.choose_post(uuid)');

/* Ends a session of the caller's own account that is still open. */
CREATE FUNCTION platform.end_session(session uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE platform.session AS s SET revoked_at = now()
     WHERE s.tenant_id = platform.current_tenant() AND s.id = end_session.session AND s.account_id = platform.current_account()
       AND s.revoked_at IS NULL AND s.expires_at > now();
    PERFORM platform.ensure(FOUND, 'VT404', 'not_found');
END $$;
SELECT platform.elevate('platform.end_session(uuid)');

-- ---------------------------------------------------------------------------------------------------------------------------
-- Under whose name: steps and directions

-- NOT VALID: every present row has the default, which holds; looking at all of them would keep the tables locked.
ALTER TABLE workflow.step
    ADD COLUMN on_behalf_of text NOT NULL DEFAULT '',
    ADD CONSTRAINT step_on_behalf_of_text CHECK (on_behalf_of IS NFC NORMALIZED) NOT VALID;
COMMENT ON COLUMN workflow.step.on_behalf_of IS 'Full name of the absent person when the step was taken by delegation (thay), otherwise empty.';

ALTER TABLE workflow.direction
    ADD COLUMN person_name  text NOT NULL DEFAULT '',
    ADD COLUMN title        text NOT NULL DEFAULT '',
    ADD COLUMN on_behalf_of text NOT NULL DEFAULT '',
    ADD CONSTRAINT direction_names_text CHECK (person_name IS NFC NORMALIZED AND title IS NFC NORMALIZED
        AND on_behalf_of IS NFC NORMALIZED) NOT VALID;
COMMENT ON COLUMN workflow.direction.person_name IS 'Who gave it, as the name was then; empty in directions from before this column.';
COMMENT ON COLUMN workflow.direction.on_behalf_of IS 'Full name of the absent person when it was given by delegation (thay), otherwise empty.';

/* Notes that somebody moved a document from one state to another, under the name of who really acts and the title acted in. */
CREATE OR REPLACE FUNCTION workflow.take_step(target uuid, action text, from_state text, to_state text, comment text DEFAULT '')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    deputy uuid := CASE WHEN platform.current_delegation() IS NOT NULL THEN platform.current_person() END;
BEGIN
    INSERT INTO workflow.step (document_id, action, from_state, to_state, person_name, title, comment, on_behalf_of)
    SELECT target, take_step.action, take_step.from_state, take_step.to_state,
           CASE WHEN deputy IS NULL THEN p.full_name
                ELSE (SELECT b.full_name FROM organisation.person AS b WHERE b.tenant_id = t.tenant_id AND b.id = deputy) END,
           t.title, take_step.comment, CASE WHEN deputy IS NULL THEN '' ELSE p.full_name END
      FROM organisation.post AS t
      JOIN organisation.person AS p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
     WHERE t.id = platform.current_post();
END $$;

/* Writes into a new direction who gives it, in which title and for whom. */
CREATE FUNCTION workflow.name_direction() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    deputy uuid := CASE WHEN platform.current_delegation() IS NOT NULL THEN platform.current_person() END;
BEGIN
    SELECT CASE WHEN deputy IS NULL THEN p.full_name
                ELSE (SELECT b.full_name FROM organisation.person AS b WHERE b.tenant_id = t.tenant_id AND b.id = deputy) END,
           t.title, CASE WHEN deputy IS NULL THEN '' ELSE p.full_name END
      INTO NEW.person_name, NEW.title, NEW.on_behalf_of
      FROM organisation.post AS t
      JOIN organisation.person AS p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
     WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.post_id;
    -- An unknown post is refused by its foreign key, not by a missing name.
    NEW.person_name := coalesce(NEW.person_name, '');
    NEW.title := coalesce(NEW.title, '');
    NEW.on_behalf_of := coalesce(NEW.on_behalf_of, '');
    RETURN NEW;
END $$;
CREATE TRIGGER direction_100_names BEFORE INSERT ON workflow.direction
    FOR EACH ROW EXECUTE FUNCTION workflow.name_direction();

-- ---------------------------------------------------------------------------------------------------------------------------
-- Names as they are typed into a field that completes them

-- Kept, as for people, so that completing does not fold thousands of names at every key.
ALTER TABLE organisation.unit
    ADD COLUMN folded_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (platform.fold(name)) STORED;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Pulse

/* What waits for each of many holders, who may belong to different tenants: one call serves the open pages of a whole server, and no
   page costs a request of its own while nothing happens. It may cross tenants because it gives nothing but counts and ids, and only
   for holders whom the server found by begin_request; what is behind an id is read as its caller.
   Tasks are read by task_work_list_idx, of deliveries only delivery_state_idx. For a holder that is the tenant itself, its clerks,
   deliveries are counted too. */
CREATE FUNCTION workflow.pulse(tenants uuid[], holders uuid[])
RETURNS TABLE (tenant_id uuid, holder_id uuid, open_count bigint, unopened_count bigint, late_count bigint, newest_task_id uuid,
               delivery_count bigint, newest_delivery_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    RETURN QUERY
    SELECT h.tenant, h.holder, w.open_count, w.unopened_count, w.late_count, w.newest, v.waiting, v.newest
      FROM unnest(tenants, holders) AS h (tenant, holder)
     CROSS JOIN LATERAL (
           SELECT count(*) AS open_count, count(*) FILTER (WHERE t.opened_at IS NULL) AS unopened_count,
                  count(*) FILTER (WHERE t.due_at < now()) AS late_count, (array_agg(t.id ORDER BY t.id DESC))[1] AS newest
             FROM workflow.task AS t
            WHERE t.tenant_id = h.tenant AND t.holder_id = h.holder AND t.state = 'open') AS w
     CROSS JOIN LATERAL (
           SELECT count(*) AS waiting, (array_agg(d.id ORDER BY d.id DESC))[1] AS newest
             FROM exchange.delivery AS d
            WHERE h.holder = h.tenant AND d.tenant_id = h.tenant AND d.state = 'waiting') AS v;
END $$;
SELECT platform.elevate('workflow.pulse(uuid[], uuid[])');
