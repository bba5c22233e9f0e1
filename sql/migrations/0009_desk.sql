-- What people at their desks need beside the acts themselves: documents that belong together, searches worth keeping, excerpts of what
-- was found, the directory of receivers by kind, and registers that cannot print each other's symbols.
-- Locks: SHARE on workflow.task while its index is built; creates new objects otherwise.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '600s';

-- Documents that belong together (văn bản liên quan): this one answers, rests on, goes with or replaces that one.
CREATE TABLE documents.relation (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    document_id uuid        NOT NULL,
    related_id  uuid        NOT NULL,
    kind        text        NOT NULL,
    created_by  uuid        DEFAULT platform.current_post(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT relation_pkey PRIMARY KEY (tenant_id, document_id, related_id, kind),
    CONSTRAINT relation_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT relation_related_fkey FOREIGN KEY (tenant_id, related_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT relation_post_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT relation_kind_known CHECK (kind IN ('reply', 'basis', 'related', 'replaces')),
    CONSTRAINT relation_of_two CHECK (document_id <> related_id)
);
COMMENT ON COLUMN documents.relation.kind IS 'What document_id is to related_id: its answer (trả lời), resting on it (căn cứ), beside it (liên quan), in its place (thay thế).';
CREATE INDEX relation_related_idx ON documents.relation (tenant_id, related_id, document_id);
SELECT platform.protect('documents.relation', 'SELECT, INSERT, DELETE');

-- Searches that somebody keeps under a name. They are the account's own; row security keeps them in the tenant, the queries to the account.
CREATE TABLE documents.saved_search (
    tenant_id  uuid        NOT NULL DEFAULT platform.current_tenant(),
    id         uuid        NOT NULL DEFAULT platform.uuid_v7(),
    account_id uuid        NOT NULL DEFAULT platform.current_account(),
    name       text        NOT NULL,
    query      text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_search_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT saved_search_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT saved_search_name_key UNIQUE (tenant_id, account_id, name),
    CONSTRAINT saved_search_texts CHECK (char_length(name) BETWEEN 1 AND 100 AND name IS NFC NORMALIZED
        AND char_length(query) BETWEEN 1 AND 300 AND query IS NFC NORMALIZED)
);
SELECT platform.protect('documents.saved_search', 'SELECT, INSERT, UPDATE, DELETE');

-- What waits at the clerks' desk for a number, a seal, its issue. Few rows at any time, while the clerks' other work is long.
CREATE INDEX task_desk_idx ON workflow.task (tenant_id, holder_id, step, id)
    WHERE state = 'open' AND step IN ('signed', 'numbered', 'sealed');

/* The organisations that documents can be sent to, with their kind. Public to every signed-in caller. */
CREATE FUNCTION exchange.directory() RETURNS TABLE (id uuid, code text, name text, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT t.id, t.code, t.name, t.kind FROM platform.tenant AS t
     WHERE t.state = 'active' AND platform.current_tenant() IS NOT NULL
$$;
SELECT platform.elevate('exchange.directory()');

/* Every symbol that a register of the caller's tenant with these templates could print today, with the series that counts for it: as
   GiveNumber writes it, over all types of document and all abbreviations of units. */
CREATE FUNCTION documents.register_symbols(series_by text, symbol_template text, letter_template text)
RETURNS TABLE (series text, symbol text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT
           CASE WHEN register_symbols.series_by <> 'type' THEN '' WHEN t.abbreviation = '' THEN 'CV' ELSE t.code END,
           rtrim(replace(replace(replace(
               CASE WHEN t.abbreviation = '' THEN register_symbols.letter_template ELSE register_symbols.symbol_template END,
               '{type}', t.abbreviation), '{organisation}', o.abbreviation), '{unit}', u.symbol), '-')
      FROM documents.document_type AS t
     CROSS JOIN (SELECT '' UNION SELECT n.symbol FROM organisation.unit AS n WHERE n.closed_on IS NULL) AS u (symbol)
      JOIN platform.tenant AS o ON o.id = platform.current_tenant();
END $$;

/* Refuses templates that must give one number and symbol twice in a year (Decree 30/2020, art. 15): two series of the register
   itself, or another register that is open or has given numbers. Incoming registers print no symbol. */
CREATE FUNCTION documents.ensure_symbols_apart(direction text, year integer, series_by text, symbol_template text, letter_template text)
RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
    IF ensure_symbols_apart.direction = 'incoming' THEN
        RETURN;
    END IF;
    PERFORM platform.ensure(
        NOT EXISTS (SELECT FROM documents.register_symbols(series_by, symbol_template, letter_template) AS own
                     GROUP BY own.symbol HAVING count(DISTINCT own.series) > 1),
        'VT422', 'symbol_needs_type', 'symbol_template');
    PERFORM platform.ensure(
        NOT EXISTS (SELECT FROM documents.register AS r
                     CROSS JOIN LATERAL documents.register_symbols(r.series_by, r.symbol_template, r.letter_template) AS theirs
                      JOIN documents.register_symbols(ensure_symbols_apart.series_by, ensure_symbols_apart.symbol_template,
                                                      ensure_symbols_apart.letter_template) AS own
                        ON own.symbol = theirs.symbol
                     WHERE r.direction <> 'incoming' AND r.year = ensure_symbols_apart.year
                       AND (r.state = 'open' OR EXISTS (SELECT FROM documents.register_counter AS c WHERE c.register_id = r.id))),
        'VT409', 'register_symbols_collide', 'symbol_template');
END $$;

/* At most 240 characters of a text around the first place where the query, or else one of its words, begins a word; accents and case do
   not count. NULL when none does. Looks at the first 200,000 characters only. */
CREATE FUNCTION documents.snippet(content text, query text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog AS $$
DECLARE
    plain  text := translate(left(content, 200000), E'\n\r\t\f\u00a0', '     ');
    -- Every letter of Vietnamese folds to one letter, so that places are the same in both. Where a text has other signs that fold to
    -- two, the excerpt begins a little late.
    folded text := ' ' || documents.spaced(translate(platform.fold(plain), '(),;"“”', '       '));
    wanted text := btrim(documents.spaced(platform.fold(left(query, 300))));
    needle text;
    place  integer := position(' ' || wanted IN folded);
    start  integer;
    cut    text;
BEGIN
    IF wanted = '' THEN
        RETURN NULL;
    END IF;
    IF place = 0 THEN
        FOR needle IN SELECT w.word FROM regexp_split_to_table(wanted, '\s+') AS w (word)
                       WHERE w.word <> '' ORDER BY char_length(w.word) DESC LIMIT 8 LOOP
            place := position(' ' || needle IN folded);
            EXIT WHEN place > 0;
        END LOOP;
    END IF;
    IF place = 0 THEN
        RETURN NULL;
    END IF;
    start := greatest(1, place - 80);
    cut := substr(plain, start, 236);
    -- Words are not cut: what is left of one at either end goes.
    IF start > 1 THEN
        cut := '…' || regexp_replace(cut, '^\S*\s+', '');
    END IF;
    IF start + 236 <= char_length(plain) THEN
        cut := regexp_replace(cut, '\s+\S*$', '') || '…';
    END IF;
    RETURN btrim(regexp_replace(cut, '\s+', ' ', 'g'));
END $$;
