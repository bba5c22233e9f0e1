-- Exchange: dispatches with their status history on the sender's side, deliveries on the receiver's. The definer functions here are
-- the one place where data crosses tenants.
-- Locks: creates new objects only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

CREATE SCHEMA exchange;
GRANT USAGE ON SCHEMA exchange TO vanthu_app, vanthu_definer, vanthu_backup;

-- Dispatches (gửi văn bản): one row a document and receiver; the status codes are those of the national axis.
CREATE TABLE exchange.dispatch (
    tenant_id     uuid        NOT NULL DEFAULT platform.current_tenant(),
    id            uuid        NOT NULL DEFAULT platform.uuid_v7(),
    document_id   uuid        NOT NULL,
    receiver_id   uuid        NOT NULL,
    receiver_name text        NOT NULL,
    channel       text        NOT NULL DEFAULT 'local',
    status_code   text        NOT NULL,
    status_at     timestamptz NOT NULL DEFAULT now(),
    sent_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dispatch_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT dispatch_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT dispatch_receiver_key UNIQUE (tenant_id, document_id, receiver_id),
    CONSTRAINT dispatch_channel_known CHECK (channel IN ('local')),
    CONSTRAINT dispatch_status_known CHECK (status_code IN ('01', '02', '03', '04', '05', '06'))
);
SELECT platform.protect('exchange.dispatch');

CREATE TABLE exchange.dispatch_status (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    dispatch_id uuid        NOT NULL,
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    status_code text        NOT NULL,
    person_name text        NOT NULL DEFAULT '',
    note        text        NOT NULL DEFAULT '',
    at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dispatch_status_pkey PRIMARY KEY (tenant_id, dispatch_id, id),
    CONSTRAINT dispatch_status_dispatch_fkey FOREIGN KEY (tenant_id, dispatch_id) REFERENCES exchange.dispatch (tenant_id, id),
    CONSTRAINT dispatch_status_known CHECK (status_code IN ('01', '02', '03', '04', '05', '06')),
    CONSTRAINT dispatch_status_text CHECK (char_length(note) <= 2000 AND note IS NFC NORMALIZED AND person_name IS NFC NORMALIZED)
);
SELECT platform.protect('exchange.dispatch_status');

-- Deliveries (văn bản tới, chờ vào sổ): what another organisation sent, with its metadata as sent. It becomes the receiver's own
-- record when its clerk registers it.
CREATE TABLE exchange.delivery (
    tenant_id     uuid        NOT NULL DEFAULT platform.current_tenant(),
    id            uuid        NOT NULL DEFAULT platform.uuid_v7(),
    sender_id     uuid        NOT NULL,
    sender_name   text        NOT NULL,
    sender_code   text        NOT NULL,
    dispatch_id   uuid        NOT NULL,
    state         text        NOT NULL DEFAULT 'waiting',
    document_id   uuid,
    type_code     text        NOT NULL,
    subject       text        NOT NULL,
    code_number   text        NOT NULL,
    code_notation text        NOT NULL,
    notation      text        GENERATED ALWAYS AS (code_number || '/' || code_notation) STORED,
    issued_on     date        NOT NULL,
    urgency       text        NOT NULL,
    handling      text        NOT NULL,
    language      text        NOT NULL,
    signer_name   text,
    signer_title  text,
    page_count    integer,
    due_on        date,
    arrived_at    timestamptz NOT NULL DEFAULT now(),
    settled_at    timestamptz,
    reason        text,
    CONSTRAINT delivery_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT delivery_once_key UNIQUE (tenant_id, dispatch_id),
    CONSTRAINT delivery_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT delivery_type_fkey FOREIGN KEY (type_code) REFERENCES documents.document_type (code),
    CONSTRAINT delivery_state_known CHECK (state IN ('waiting', 'registered', 'returned')),
    CONSTRAINT delivery_settled_whole CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CONSTRAINT delivery_registered_whole CHECK ((state = 'registered') = (document_id IS NOT NULL)),
    CONSTRAINT delivery_reason_text CHECK (char_length(reason) <= 2000 AND reason IS NFC NORMALIZED)
);
CREATE INDEX delivery_state_idx ON exchange.delivery (tenant_id, state, id DESC);
CREATE INDEX delivery_document_idx ON exchange.delivery (tenant_id, document_id);
SELECT platform.protect('exchange.delivery');

CREATE TABLE exchange.delivery_file (
    tenant_id   uuid    NOT NULL DEFAULT platform.current_tenant(),
    delivery_id uuid    NOT NULL,
    id          uuid    NOT NULL DEFAULT platform.uuid_v7(),
    role        text    NOT NULL,
    name        text    NOT NULL,
    media_type  text    NOT NULL,
    size        bigint  NOT NULL,
    sha256      bytea   NOT NULL,
    page_count  integer,
    CONSTRAINT delivery_file_pkey PRIMARY KEY (tenant_id, delivery_id, id),
    CONSTRAINT delivery_file_delivery_fkey FOREIGN KEY (tenant_id, delivery_id) REFERENCES exchange.delivery (tenant_id, id),
    CONSTRAINT delivery_file_blob_fkey FOREIGN KEY (sha256) REFERENCES platform.blob (sha256),
    CONSTRAINT delivery_file_role_known CHECK (role IN ('main', 'attachment'))
);
SELECT platform.protect('exchange.delivery_file');
CREATE INDEX delivery_file_blob_idx ON exchange.delivery_file (sha256);
COMMENT ON INDEX exchange.delivery_file_blob_idx IS 'lint-allow tenant-first: asked by the sweep of blobs, which belong to no tenant.';

/* The directory of organisations that documents can be sent to. Public to every signed-in caller. */
CREATE FUNCTION exchange.organisations() RETURNS TABLE (id uuid, code text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT t.id, t.code, t.name FROM platform.tenant AS t
     WHERE t.state = 'active' AND platform.current_tenant() IS NOT NULL
     ORDER BY t.code
$$;

/* Delivers an issued document of the caller's tenant to other tenants, all or none, and gives the number of receivers. Each gets the
   metadata and the newest main file and the attachments; status 01 (đã đến) is written at once. An unknown receiver, or the sender
   itself, refuses the whole. Delivering again to the same receiver changes nothing. */
CREATE FUNCTION exchange.deliver(target uuid, receivers text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    sender  uuid := platform.current_tenant();
    unknown text;
    count   integer;
BEGIN
    PERFORM FROM documents.document AS d WHERE d.tenant_id = sender AND d.id = target AND d.state = 'issued';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'VT409', MESSAGE = 'not_issued';
    END IF;
    SELECT r.code INTO unknown
      FROM unnest(receivers) AS r (code)
     WHERE NOT EXISTS (SELECT FROM platform.tenant AS t WHERE t.code = r.code AND t.state = 'active' AND t.id <> sender)
     LIMIT 1;
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'VT422', MESSAGE = 'unknown_recipient', DETAIL = 'recipients';
    END IF;
    WITH receiver AS (
        SELECT t.id, t.name, platform.uuid_v7() AS dispatch, platform.uuid_v7() AS delivery
          FROM platform.tenant AS t
         WHERE t.code = ANY (receivers)
         ORDER BY t.id
    ), dispatched AS (
        INSERT INTO exchange.dispatch (tenant_id, id, document_id, receiver_id, receiver_name, status_code)
        SELECT sender, r.dispatch, target, r.id, r.name, '01' FROM receiver AS r
            ON CONFLICT (tenant_id, document_id, receiver_id) DO NOTHING
        RETURNING id, receiver_id
    ), arrived AS (
        INSERT INTO exchange.dispatch_status (tenant_id, dispatch_id, status_code)
        SELECT sender, s.id, '01' FROM dispatched AS s
    ), delivered AS (
        INSERT INTO exchange.delivery (tenant_id, id, sender_id, sender_name, sender_code, dispatch_id, type_code, subject, code_number,
            code_notation, issued_on, urgency, handling, language, signer_name, signer_title, page_count, due_on)
        SELECT r.id, r.delivery, sender, o.name, o.code, s.id, d.type_code, d.subject, d.code_number,
               d.code_notation, d.issued_on, d.urgency, d.handling, d.language, d.signer_name, d.signer_title, d.page_count, d.due_on
          FROM receiver AS r
          JOIN dispatched AS s ON s.receiver_id = r.id
          JOIN documents.document AS d ON d.tenant_id = sender AND d.id = target
          JOIN platform.tenant AS o ON o.id = sender
        RETURNING tenant_id, id
    ), sent AS (
        SELECT f.role, f.name, f.media_type, f.size, f.sha256, f.page_count
          FROM documents.file AS f
         WHERE f.tenant_id = sender AND f.document_id = target
           AND (f.role = 'attachment'
                OR f.version = (SELECT max(n.version) FROM documents.file AS n
                                 WHERE n.tenant_id = sender AND n.document_id = target AND n.role = 'main'))
    ), filed AS (
        INSERT INTO exchange.delivery_file (tenant_id, delivery_id, role, name, media_type, size, sha256, page_count)
        SELECT v.tenant_id, v.id, f.role, f.name, f.media_type, f.size, f.sha256, f.page_count
          FROM delivered AS v CROSS JOIN sent AS f
    )
    SELECT count(*) INTO count FROM dispatched;
    RETURN count;
END $$;

/* Tells the sender of a delivery of the caller's tenant how it stands (02 returned, 03 registered, 04 directed, 05 in progress,
   06 completed). A status never goes back. */
CREATE FUNCTION exchange.report(target uuid, code text, note text DEFAULT '') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    receiver uuid := platform.current_tenant();
    sender   uuid;
    dispatch uuid;
BEGIN
    SELECT v.sender_id, v.dispatch_id INTO sender, dispatch
      FROM exchange.delivery AS v WHERE v.tenant_id = receiver AND v.id = target;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE exchange.dispatch AS s
       SET status_code = code, status_at = now()
     WHERE s.tenant_id = sender AND s.id = dispatch AND s.receiver_id = receiver AND s.status_code < code;
    IF FOUND THEN
        INSERT INTO exchange.dispatch_status (tenant_id, dispatch_id, status_code, person_name, note)
        SELECT sender, dispatch, code,
               coalesce((SELECT p.full_name FROM organisation.person AS p
                          WHERE p.tenant_id = receiver AND p.id = platform.current_person()), ''),
               note;
    END IF;
END $$;

/* The same for the delivery that a document of the caller's tenant came from; does nothing for a document that came otherwise. */
CREATE FUNCTION exchange.report_document(target uuid, code text, note text DEFAULT '') RETURNS void
LANGUAGE sql SET search_path = pg_catalog AS $$
    SELECT exchange.report(v.id, code, note) FROM exchange.delivery AS v WHERE v.document_id = target
$$;

SELECT platform.elevate('exchange.organisations()');
SELECT platform.elevate('exchange.deliver(uuid, text[])');
SELECT platform.elevate('exchange.report(uuid, text, text)');
