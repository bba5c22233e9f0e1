-- Documents: types, registers and their gapless numbers, records of all three directions, files, who may read, search.
-- Locks: creates new objects only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

CREATE SCHEMA documents;
GRANT USAGE ON SCHEMA documents TO vanthu_app, vanthu_definer, vanthu_backup;

-- Types of administrative document (tên loại văn bản; Decree 30/2020, art. 7 and annex III.I). The same for all tenants; read
-- from Config/document-types.json at every migration.
CREATE TABLE documents.document_type (
    code         text     NOT NULL,
    name         text     NOT NULL,
    abbreviation text     NOT NULL,
    position     integer  NOT NULL,
    is_copy      boolean  NOT NULL DEFAULT false,
    CONSTRAINT document_type_pkey PRIMARY KEY (code),
    CONSTRAINT document_type_code_form CHECK (code ~ '^[A-Z]{2,8}$'),
    CONSTRAINT document_type_abbreviation_text CHECK (abbreviation IS NFC NORMALIZED AND char_length(abbreviation) <= 10)
);
COMMENT ON COLUMN documents.document_type.abbreviation IS 'As the law writes it (QyĐ, CTr, TTr); empty for Công văn and Thư công.';
GRANT SELECT ON documents.document_type TO vanthu_app, vanthu_definer, vanthu_backup;

-- Registers (sổ đăng ký văn bản): one direction, one year; numbered as one series or by type (Decree 30/2020, art. 15).
CREATE TABLE documents.register (
    tenant_id       uuid     NOT NULL DEFAULT platform.current_tenant(),
    id              uuid     NOT NULL DEFAULT platform.uuid_v7(),
    direction       text     NOT NULL,
    name            text     NOT NULL,
    year            integer  NOT NULL,
    series_by       text     NOT NULL DEFAULT 'register',
    symbol_template text     NOT NULL DEFAULT '{type}-{organisation}',
    letter_template text     NOT NULL DEFAULT '{organisation}-{unit}',
    state           text     NOT NULL DEFAULT 'open',
    version         bigint   NOT NULL DEFAULT 1,
    CONSTRAINT register_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT register_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT register_name_key UNIQUE (tenant_id, direction, year, name),
    CONSTRAINT register_direction_known CHECK (direction IN ('incoming', 'outgoing', 'internal')),
    CONSTRAINT register_series_known CHECK (series_by IN ('register', 'type')),
    CONSTRAINT register_state_known CHECK (state IN ('open', 'closed')),
    CONSTRAINT register_year_sane CHECK (year BETWEEN 1945 AND 2200),
    CONSTRAINT register_name_text CHECK (char_length(name) BETWEEN 1 AND 200 AND name IS NFC NORMALIZED),
    CONSTRAINT register_template_text CHECK (char_length(symbol_template) <= 60 AND char_length(letter_template) <= 60
        AND symbol_template IS NFC NORMALIZED AND letter_template IS NFC NORMALIZED)
);
COMMENT ON COLUMN documents.register.symbol_template IS 'Symbol of types that have an abbreviation: {type}, {organisation}, {unit} are filled in; QĐ-BĐVN.';
COMMENT ON COLUMN documents.register.letter_template IS 'Symbol of types that have none (Công văn): BĐVN-VP.';
SELECT platform.protect('documents.register');

-- The last number given, one row a register and series. Taken under lock in the issuing transaction, so numbers have no gaps.
CREATE TABLE documents.register_counter (
    tenant_id   uuid    NOT NULL DEFAULT platform.current_tenant(),
    register_id uuid    NOT NULL,
    series      text    NOT NULL,
    last_number bigint  NOT NULL,
    CONSTRAINT register_counter_pkey PRIMARY KEY (tenant_id, register_id, series),
    CONSTRAINT register_counter_register_fkey FOREIGN KEY (tenant_id, register_id)
        REFERENCES documents.register (tenant_id, id),
    CONSTRAINT register_counter_positive CHECK (last_number >= 1)
) WITH (fillfactor = 50);
SELECT platform.protect('documents.register_counter');

-- Documents (văn bản đi, đến, nội bộ) with the metadata of Decree 30/2020, annex VI part II.
CREATE TABLE documents.document (
    tenant_id        uuid        NOT NULL DEFAULT platform.current_tenant(),
    id               uuid        NOT NULL DEFAULT platform.uuid_v7(),
    direction        text        NOT NULL,
    state            text        NOT NULL,
    version          bigint      NOT NULL DEFAULT 1,
    type_code        text        NOT NULL,
    subject          text        NOT NULL,
    urgency          text        NOT NULL DEFAULT 'normal',
    handling         text        NOT NULL DEFAULT 'normal',
    language         text        NOT NULL DEFAULT 'vi',
    organ_name       text        NOT NULL,
    organ_code       text,
    unit_id          uuid,
    drafter_post_id  uuid,
    signer_post_id   uuid,
    signer_name      text,
    signer_title     text,
    register_id      uuid,
    year             integer,
    series           text        NOT NULL DEFAULT '',
    number           bigint,
    code_number      text,
    code_notation    text,
    notation         text        GENERATED ALWAYS AS (code_number || '/' || code_notation) STORED,
    issued_on        date,
    arrived_on       date,
    due_on           date,
    page_count       integer,
    copy_count       integer,
    to_places        text,
    note             text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    issued_at        timestamptz,
    CONSTRAINT document_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT document_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT document_type_fkey FOREIGN KEY (type_code) REFERENCES documents.document_type (code),
    CONSTRAINT document_unit_fkey FOREIGN KEY (tenant_id, unit_id) REFERENCES organisation.unit (tenant_id, id),
    CONSTRAINT document_drafter_fkey FOREIGN KEY (tenant_id, drafter_post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT document_signer_fkey FOREIGN KEY (tenant_id, signer_post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT document_register_fkey FOREIGN KEY (tenant_id, register_id) REFERENCES documents.register (tenant_id, id),
    CONSTRAINT document_number_key UNIQUE (tenant_id, register_id, series, number),
    CONSTRAINT document_direction_known CHECK (direction IN ('incoming', 'outgoing', 'internal')),
    CONSTRAINT document_state_known CHECK (state IN
        ('draft', 'content_review', 'format_review', 'awaiting_signature', 'signed', 'numbered', 'sealed', 'issued',
         'registered', 'awaiting_direction', 'in_progress', 'completed', 'returned', 'recalled', 'cancelled')),
    CONSTRAINT document_urgency_known CHECK (urgency IN ('normal', 'urgent', 'very_urgent', 'flash')),
    CONSTRAINT document_handling_known CHECK (handling IN ('normal', 'internal')),
    CONSTRAINT document_subject_text CHECK (char_length(subject) BETWEEN 1 AND 2000 AND subject IS NFC NORMALIZED),
    CONSTRAINT document_texts CHECK (
        char_length(organ_name) BETWEEN 1 AND 300 AND organ_name IS NFC NORMALIZED
        AND coalesce(char_length(signer_name), 0) <= 100 AND coalesce(signer_name, '') IS NFC NORMALIZED
        AND coalesce(char_length(signer_title), 0) <= 200 AND coalesce(signer_title, '') IS NFC NORMALIZED
        AND coalesce(char_length(code_number), 0) <= 11 AND coalesce(code_number, '') IS NFC NORMALIZED
        AND coalesce(char_length(code_notation), 0) <= 60 AND coalesce(code_notation, '') IS NFC NORMALIZED
        AND coalesce(char_length(to_places), 0) <= 2000 AND coalesce(to_places, '') IS NFC NORMALIZED
        AND coalesce(char_length(note), 0) <= 2000 AND coalesce(note, '') IS NFC NORMALIZED),
    CONSTRAINT document_number_whole CHECK ((number IS NULL) = (register_id IS NULL) AND (number IS NULL) = (year IS NULL)),
    CONSTRAINT document_dates_sane CHECK (issued_on BETWEEN '1945-01-01' AND '2200-12-31'
        AND arrived_on BETWEEN '1945-01-01' AND '2200-12-31' AND due_on BETWEEN '1945-01-01' AND '2200-12-31')
);
COMMENT ON COLUMN documents.document.state IS 'The state of the flow; the moves between states are workflow.transition.';
COMMENT ON COLUMN documents.document.handling IS 'internal = LƯU HÀNH NỘI BỘ. State secrets (Mật and above) may not enter the system at all.';
COMMENT ON COLUMN documents.document.number IS 'Serial in the own register; of an incoming document the số đến.';
COMMENT ON COLUMN documents.document.code_number IS 'Số of the document as printed on it, e.g. 01; of an incoming document the sender''s.';
-- Number and symbol are unique within a year over all registers of the issuer (Decree 30/2020, art. 15).
CREATE UNIQUE INDEX document_notation_key ON documents.document (tenant_id, year, code_number, code_notation)
    WHERE direction <> 'incoming';
CREATE INDEX document_register_idx ON documents.document (tenant_id, register_id, number DESC) WHERE number IS NOT NULL;
CREATE INDEX document_duplicate_idx ON documents.document (tenant_id, code_number, code_notation) WHERE direction = 'incoming';
SELECT platform.protect('documents.document');

-- Files of a document; a new version never replaces an earlier one. Access to a blob is decided by these rows alone.
CREATE TABLE documents.file (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    document_id uuid        NOT NULL,
    role        text        NOT NULL,
    version     integer     NOT NULL DEFAULT 1,
    name        text        NOT NULL,
    media_type  text        NOT NULL,
    size        bigint      NOT NULL,
    sha256      bytea       NOT NULL,
    page_count  integer,
    text_state  text        NOT NULL DEFAULT 'pending',
    origin      text        NOT NULL DEFAULT 'upload',
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT file_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT file_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT file_blob_fkey FOREIGN KEY (sha256) REFERENCES platform.blob (sha256),
    CONSTRAINT file_role_known CHECK (role IN ('main', 'attachment')),
    CONSTRAINT file_text_state_known CHECK (text_state IN ('pending', 'extracted', 'none', 'failed')),
    CONSTRAINT file_origin_known CHECK (origin IN ('upload', 'signature', 'seal', 'delivery')),
    CONSTRAINT file_name_text CHECK (char_length(name) BETWEEN 1 AND 255 AND name IS NFC NORMALIZED AND name !~ '[/\\[:cntrl:]]')
);
CREATE INDEX file_document_idx ON documents.file (tenant_id, document_id, role, version DESC);
SELECT platform.protect('documents.file');
CREATE INDEX file_blob_idx ON documents.file (sha256);
COMMENT ON INDEX documents.file_blob_idx IS 'lint-allow tenant-first: asked by the sweep of blobs, which belong to no tenant.';
CREATE UNIQUE INDEX file_main_version_key ON documents.file (tenant_id, document_id, version) WHERE role = 'main';

CREATE TABLE documents.file_text (
    tenant_id uuid NOT NULL DEFAULT platform.current_tenant(),
    file_id   uuid NOT NULL,
    content   text NOT NULL,
    CONSTRAINT file_text_pkey PRIMARY KEY (tenant_id, file_id),
    CONSTRAINT file_text_file_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES documents.file (tenant_id, id)
);
SELECT platform.protect('documents.file_text');

-- Who may read a document: a post, a unit (its head) or the tenant itself (its clerks). The right follows the work and is
-- written by the same transaction that gives the work.
CREATE TABLE documents.reader (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    document_id uuid        NOT NULL,
    holder_id   uuid        NOT NULL,
    reason      text        NOT NULL,
    granted_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reader_pkey PRIMARY KEY (tenant_id, document_id, holder_id),
    CONSTRAINT reader_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT reader_reason_known CHECK (reason IN ('drafter', 'registry', 'step', 'direction', 'delivery'))
);
CREATE INDEX reader_holder_idx ON documents.reader (tenant_id, holder_id, document_id DESC);
SELECT platform.protect('documents.reader');

-- What search looks through: every typed field and the text of the files, once as written (weight A) and once folded (weight D).
CREATE TABLE documents.search_entry (
    tenant_id   uuid     NOT NULL DEFAULT platform.current_tenant(),
    document_id uuid     NOT NULL,
    words       tsvector NOT NULL,
    CONSTRAINT search_entry_pkey PRIMARY KEY (tenant_id, document_id),
    CONSTRAINT search_entry_document_fkey FOREIGN KEY (tenant_id, document_id)
        REFERENCES documents.document (tenant_id, id)
);
SELECT platform.protect('documents.search_entry');
CREATE INDEX search_entry_words_idx ON documents.search_entry USING gin (tenant_id, words);
COMMENT ON INDEX documents.search_entry_words_idx IS 'lint-allow leakproof-index: full-text operators are not; only documents.search, which names tenant and rights itself, can use it.';

/* Text as the parser should see it: separators of document numbers become blanks, so that 12 finds 12/QĐ-TTg. */
CREATE FUNCTION documents.spaced(source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog
AS $$ SELECT translate(source, '/-_.@:', '      ') $$;

/* The words of a text: exact spelling with weight A, folded with weight D. Cut at 400,000 characters to stay below tsvector's limit. */
CREATE FUNCTION documents.words(source text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog
AS $$
    SELECT setweight(to_tsvector('pg_catalog.simple', lower(cut.t)), 'A')
        || setweight(to_tsvector('pg_catalog.simple', platform.fold(cut.t)), 'D')
      FROM (SELECT documents.spaced(left(source, 400000)) AS t) AS cut
$$;

/* Writes a document's search entry anew from its fields and the texts of its files. */
CREATE FUNCTION documents.index_document(target uuid) RETURNS void
LANGUAGE sql SET search_path = pg_catalog AS $$
    INSERT INTO documents.search_entry (document_id, words)
    SELECT d.id,
           documents.words(concat_ws(' ', d.notation, d.subject, d.organ_name, d.signer_name, d.signer_title, d.to_places, d.note,
                                     t.name, d.number::text, to_char(d.issued_on, 'DD/MM/YYYY'),
                                     (SELECT string_agg(f.name || ' ' || coalesce(x.content, ''), ' ')
                                        FROM documents.file AS f
                                        LEFT JOIN documents.file_text AS x ON x.tenant_id = f.tenant_id AND x.file_id = f.id
                                       WHERE f.tenant_id = d.tenant_id AND f.document_id = d.id)))
      FROM documents.document AS d
      JOIN documents.document_type AS t ON t.code = d.type_code
     WHERE d.id = target
        ON CONFLICT (tenant_id, document_id) DO UPDATE SET words = excluded.words
$$;

/* Documents that match and that the caller may read, best first: as written and in this order (3), as written (2), folded and in
   this order (1), folded (0); within that the newest first. after_rank and after_id continue a page. It runs as a role that row
   security does not bind, because the text index cannot be used under it; so it names the tenant and the rights itself. */
CREATE FUNCTION documents.search(query text, row_limit integer, after_rank integer DEFAULT NULL, after_id uuid DEFAULT NULL)
RETURNS TABLE (document_id uuid, match_rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    tenant        uuid   := platform.current_tenant();
    holder        uuid[] := platform.holders();
    spaced        text   := documents.spaced(query);
    folded        tsquery := plainto_tsquery('pg_catalog.simple', platform.fold(spaced));
    folded_phrase tsquery := phraseto_tsquery('pg_catalog.simple', platform.fold(spaced));
    exact         tsquery;
    exact_phrase  tsquery;
BEGIN
    IF numnode(folded) = 0 THEN
        RETURN;
    END IF;
    -- Weight A marks words as they were written, so the exact queries ask for that weight alone.
    exact := (SELECT string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':A', ' & ')::tsquery
                FROM unnest(to_tsvector('pg_catalog.simple', lower(normalize(spaced, NFC)))));
    exact_phrase := phraseto_tsquery('pg_catalog.simple', lower(normalize(spaced, NFC)));
    RETURN QUERY
    SELECT m.id, m.rank
      FROM (SELECT s.document_id AS id,
                   CASE WHEN s.words @@ exact
                        THEN CASE WHEN s.words @@ exact_phrase THEN 3 ELSE 2 END
                        ELSE CASE WHEN s.words @@ folded_phrase THEN 1 ELSE 0 END
                   END AS rank
              FROM documents.search_entry AS s
             WHERE s.tenant_id = tenant
               AND s.words @@ folded
               AND EXISTS (SELECT FROM documents.reader AS r
                            WHERE r.tenant_id = tenant AND r.document_id = s.document_id AND r.holder_id = ANY (holder))) AS m
     WHERE after_rank IS NULL OR (m.rank, m.id) < (after_rank, after_id)
     ORDER BY m.rank DESC, m.id DESC
     LIMIT row_limit;
END $$;
SELECT platform.elevate('documents.search(text, integer, integer, uuid)');
