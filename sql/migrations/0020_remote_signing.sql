-- Remote signing services: which credential of which service a certificate is, requests that wait for a service, and acts that a person has
-- begun and the system finishes.
-- Locks: creates new objects only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- What a person began in a request and entrusted to the system to finish, within a time: signing at a service that answers later.
CREATE TABLE platform.entrusted_act (
    tenant_id  uuid        NOT NULL DEFAULT platform.current_tenant(),
    id         uuid        NOT NULL DEFAULT platform.uuid_v7(),
    account_id uuid        NOT NULL,
    post_id    uuid        NOT NULL,
    request    text        NOT NULL,
    address    text        NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT entrusted_act_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT entrusted_act_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT entrusted_act_post_fkey FOREIGN KEY (tenant_id, post_id) REFERENCES organisation.post (tenant_id, id)
);
SELECT platform.protect('platform.entrusted_act', '');

/* Entrusts what the caller has begun, in person and in a post of their own, to the system for `lifetime`. */
CREATE FUNCTION platform.entrust(lifetime interval) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    made uuid;
BEGIN
    PERFORM platform.ensure_in_person();
    PERFORM platform.ensure(platform.current_account() IS NOT NULL AND platform.current_post() IS NOT NULL, 'VT403', 'no_post');
    DELETE FROM platform.entrusted_act AS a WHERE a.tenant_id = platform.current_tenant() AND a.expires_at < now() - interval '1 day';
    INSERT INTO platform.entrusted_act (account_id, post_id, request, address, expires_at)
    VALUES (platform.current_account(), platform.current_post(), coalesce(current_setting('vanthu.request', true), ''),
            coalesce(current_setting('vanthu.address', true), ''), now() + lifetime)
    RETURNING id INTO made;
    RETURN made;
END $$;
SELECT platform.elevate('platform.entrust(interval)');

/* Opens a transaction that finishes an entrusted act: as the person who began it, in the post they began it in, if account, post and tenant
   are still in force and the time is not over. Whether their session has ended meanwhile does not matter. */
CREATE FUNCTION platform.begin_entrusted(tenant uuid, act uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM set_config('vanthu.tenant', a.tenant_id::text, true),
            set_config('vanthu.account', a.id::text, true),
            set_config('vanthu.person', a.person_id::text, true),
            set_config('vanthu.post', t.id::text, true),
            set_config('vanthu.unit', t.unit_id::text, true),
            set_config('vanthu.role', t.role, true),
            set_config('vanthu.holders',
                       CASE t.role WHEN 'head' THEN '{' || t.id || ',' || t.unit_id || '}'
                                   WHEN 'clerk' THEN '{' || t.id || ',' || t.tenant_id || '}'
                                   ELSE '{' || t.id || '}' END, true),
            set_config('vanthu.session', '', true),
            set_config('vanthu.delegation', '', true),
            set_config('vanthu.on_behalf_of', '', true),
            set_config('vanthu.request', e.request, true),
            set_config('vanthu.address', e.address, true)
       FROM platform.entrusted_act AS e
       JOIN platform.account AS a ON a.tenant_id = e.tenant_id AND a.id = e.account_id AND a.state = 'active'
       JOIN platform.tenant AS o ON o.id = e.tenant_id AND o.state = 'active'
       JOIN organisation.post AS t
              ON t.tenant_id = e.tenant_id AND t.id = e.post_id AND t.person_id = a.person_id
             AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
      WHERE e.tenant_id = begin_entrusted.tenant AND e.id = begin_entrusted.act AND e.expires_at > now();
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'VT401', MESSAGE = 'unauthenticated';
    END IF;
END $$;
SELECT platform.elevate('platform.begin_entrusted(uuid, uuid)');

-- Which credential a certificate of device 'remote' is, and what the service wants for a signature.
CREATE TABLE signatures.remote_credential (
    tenant_id      uuid    NOT NULL DEFAULT platform.current_tenant(),
    certificate_id uuid    NOT NULL,
    provider       text    NOT NULL,
    user_id        text    NOT NULL,
    credential     text    NOT NULL,
    algorithms     text[]  NOT NULL,
    batch          integer NOT NULL,
    wants_pin      boolean NOT NULL,
    wants_otp      boolean NOT NULL,
    sends_otp      boolean NOT NULL,
    is_elsewhere   boolean NOT NULL,
    CONSTRAINT remote_credential_pkey PRIMARY KEY (tenant_id, certificate_id),
    CONSTRAINT remote_credential_certificate_fkey FOREIGN KEY (tenant_id, certificate_id)
        REFERENCES signatures.certificate (tenant_id, id),
    CONSTRAINT remote_credential_texts CHECK (provider IS NFC NORMALIZED AND user_id IS NFC NORMALIZED AND credential IS NFC NORMALIZED),
    CONSTRAINT remote_credential_batch_sane CHECK (batch > 0)
);
COMMENT ON COLUMN signatures.remote_credential.user_id IS 'Who the person is to the service: CCCD, tax number.';
COMMENT ON COLUMN signatures.remote_credential.is_elsewhere IS 'Whether the person confirms in an app or on a page of the service.';
SELECT platform.protect('signatures.remote_credential');

-- A request to a service. No secret is in it. At most one of a session is under way.
CREATE TABLE signatures.remote_request (
    tenant_id  uuid        NOT NULL DEFAULT platform.current_tenant(),
    id         uuid        NOT NULL DEFAULT platform.uuid_v7(),
    session_id uuid        NOT NULL,
    items      uuid[]      NOT NULL,
    state      text        NOT NULL,
    ticket     jsonb,
    act_id     uuid,
    problem    text,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz,
    CONSTRAINT remote_request_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT remote_request_session_fkey FOREIGN KEY (tenant_id, session_id)
        REFERENCES signatures.signing_session (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT remote_request_state_known CHECK (state IN ('sent', 'waiting', 'done', 'failed')),
    CONSTRAINT remote_request_waits CHECK (state <> 'waiting' OR (ticket IS NOT NULL AND act_id IS NOT NULL))
);
COMMENT ON COLUMN signatures.remote_request.ticket IS 'What the service is asked with later: its handle and the names of the documents in their order.';
CREATE UNIQUE INDEX remote_request_open_key ON signatures.remote_request (tenant_id, session_id) WHERE state IN ('sent', 'waiting');
CREATE INDEX remote_request_session_idx ON signatures.remote_request (tenant_id, session_id);
SELECT platform.protect('signatures.remote_request');
