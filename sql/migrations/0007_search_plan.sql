-- The plans of search and of the small functions that every change calls.
-- Locks: SHARE UPDATE EXCLUSIVE on documents.search_entry's index for a moment; replaces functions.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- New entries wait in the index's pending list, which every search reads whole. Below a short list, search stays quick while documents
-- are being written.
ALTER INDEX documents.search_entry_words_idx SET (gin_pending_list_limit = 256);

/* Documents that match and that the caller may read, best first: as written and in this order (3), as written (2), folded and in
   this order (1), folded (0); within that the newest first. after_rank and after_id continue a page. It runs as a role that row
   security does not bind, because the text index cannot be used under it; so it names the tenant and the rights itself. */
CREATE OR REPLACE FUNCTION documents.search(query text, row_limit integer, after_rank integer DEFAULT NULL, after_id uuid DEFAULT NULL)
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
    -- MATERIALIZED keeps the order: first the text index, then the rights to its hits, then the ranks of what may be read. Left alone,
    -- the planner takes every holder for an average one and reads all documents of a large organisation's clerks.
    RETURN QUERY
    WITH hit AS MATERIALIZED (
        SELECT s.document_id AS id FROM documents.search_entry AS s WHERE s.tenant_id = tenant AND s.words @@ folded
    ), readable AS MATERIALIZED (
        SELECT h.id
          FROM hit AS h
         WHERE EXISTS (SELECT FROM documents.reader AS r
                        WHERE r.tenant_id = tenant AND r.document_id = h.id AND r.holder_id = ANY (holder))
    )
    SELECT m.id, m.rank
      FROM (SELECT s.document_id AS id,
                   CASE WHEN s.words @@ exact
                        THEN CASE WHEN s.words @@ exact_phrase THEN 3 ELSE 2 END
                        ELSE CASE WHEN s.words @@ folded_phrase THEN 1 ELSE 0 END
                   END AS rank
              FROM readable AS a
              JOIN documents.search_entry AS s ON s.tenant_id = tenant AND s.document_id = a.id) AS m
     WHERE after_rank IS NULL OR (m.rank, m.id) < (after_rank, after_id)
     ORDER BY m.rank DESC, m.id DESC
     LIMIT row_limit;
END $$;

-- Functions in SQL that cannot be inlined are planned anew at every call; in PL/pgSQL their plans are kept for the connection.

/* A time-ordered id: 48 bits of milliseconds, then random bits (RFC 9562, version 7). */
CREATE OR REPLACE FUNCTION platform.uuid_v7() RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
                                          PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                                          FROM 1 FOR 6),
                                  52, 1),
                          53, 1),
                  'hex')::uuid;
END $$;

/* Text as the parser should see it: separators of document numbers become blanks, so that 12 finds 12/QĐ-TTg. */
CREATE OR REPLACE FUNCTION documents.spaced(source text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog AS $$
BEGIN
    RETURN translate(source, '/-_.@:', '      ');
END $$;

/* The words of a text: exact spelling with weight A, folded with weight D. Cut at 400,000 characters to stay below tsvector's limit. */
CREATE OR REPLACE FUNCTION documents.words(source text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog AS $$
DECLARE
    cut text := documents.spaced(left(source, 400000));
BEGIN
    RETURN setweight(to_tsvector('pg_catalog.simple', lower(cut)), 'A')
        || setweight(to_tsvector('pg_catalog.simple', platform.fold(cut)), 'D');
END $$;

/* Writes a document's search entry anew from its fields and the texts of its files. */
CREATE OR REPLACE FUNCTION documents.index_document(target uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
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
        ON CONFLICT (tenant_id, document_id) DO UPDATE SET words = excluded.words;
END $$;

/* Notes that somebody moved a document from one state to another, under the name and title of that moment. */
CREATE OR REPLACE FUNCTION workflow.take_step(target uuid, action text, from_state text, to_state text, comment text DEFAULT '')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO workflow.step (document_id, action, from_state, to_state, person_name, title, comment)
    SELECT target, take_step.action, take_step.from_state, take_step.to_state, p.full_name, t.title, take_step.comment
      FROM organisation.post AS t
      JOIN organisation.person AS p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
     WHERE t.id = platform.current_post();
END $$;

/* Keeps the answer beside its Idempotency-Key, for whoever sends the request again. */
CREATE OR REPLACE FUNCTION platform.finish_idempotency(key text, status integer, body text, headers jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
    UPDATE platform.idempotency AS i
       SET status = finish_idempotency.status, body = finish_idempotency.body, headers = finish_idempotency.headers
     WHERE i.tenant_id = platform.current_tenant() AND i.account_id = platform.current_account() AND i.key = finish_idempotency.key;
END $$;
