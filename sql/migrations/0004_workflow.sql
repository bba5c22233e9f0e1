-- Workflow: the flows as data, the steps a document has gone, the work that waits for people, and directions (bút phê).
-- Locks: creates new objects only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

CREATE SCHEMA workflow;
GRANT USAGE ON SCHEMA workflow TO vanthu_app, vanthu_definer, vanthu_backup;

-- The flows (quy trình) as data: in this state, this action, by the one whose task it is, leads there and gives the next task to…
-- The same for all tenants; read from Config/workflows/*.json at every migration.
CREATE TABLE workflow.transition (
    flow           text    NOT NULL,
    state          text    NOT NULL,
    action         text    NOT NULL,
    next_state     text    NOT NULL,
    next_actor     text    NOT NULL,
    needs_comment  boolean NOT NULL DEFAULT false,
    is_main        boolean NOT NULL DEFAULT true,
    position       integer NOT NULL DEFAULT 0,
    CONSTRAINT transition_pkey PRIMARY KEY (flow, state, action),
    CONSTRAINT transition_flow_known CHECK (flow IN ('incoming', 'outgoing', 'internal')),
    CONSTRAINT transition_actor_known CHECK (next_actor IN
        ('drafter', 'unit_head', 'format_checker', 'signer', 'clerk', 'leader', 'lead', 'none'))
);
COMMENT ON COLUMN workflow.transition.next_actor IS 'Who gets the task of the next state: drafter and signer are posts of the document, unit_head its unit, clerk and format_checker the organisation''s văn thư, lead the chủ trì of the direction, leader the one presented to.';
GRANT SELECT ON workflow.transition TO vanthu_app, vanthu_definer, vanthu_backup;

-- Directions (bút phê): a leader's written order on a document. Never changed; corrected by a further one.
CREATE TABLE workflow.direction (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    document_id uuid        NOT NULL,
    post_id     uuid        NOT NULL,
    text        text        NOT NULL,
    due_at      timestamptz,
    given_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT direction_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT direction_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT direction_post_fkey FOREIGN KEY (tenant_id, post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT direction_text CHECK (char_length(text) BETWEEN 1 AND 4000 AND text IS NFC NORMALIZED)
);
CREATE INDEX direction_document_idx ON workflow.direction (tenant_id, document_id, id);
SELECT platform.protect('workflow.direction', 'SELECT, INSERT');

-- Tasks: what waits for a holder (a post, a unit's head, the organisation's clerks). act = the flow's next step; lead = chủ trì,
-- support = phối hợp, inform = nhận để biết, of a direction.
CREATE TABLE workflow.task (
    tenant_id    uuid        NOT NULL DEFAULT platform.current_tenant(),
    id           uuid        NOT NULL DEFAULT platform.uuid_v7(),
    document_id  uuid        NOT NULL,
    holder_id    uuid        NOT NULL,
    role         text        NOT NULL,
    step         text        NOT NULL,
    state        text        NOT NULL DEFAULT 'open',
    direction_id uuid,
    due_at       timestamptz NOT NULL DEFAULT 'infinity',
    opened_at    timestamptz,
    done_at      timestamptz,
    done_by      uuid,
    result       text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT task_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT task_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT task_direction_fkey FOREIGN KEY (tenant_id, direction_id) REFERENCES workflow.direction (tenant_id, id),
    CONSTRAINT task_role_known CHECK (role IN ('act', 'lead', 'support', 'inform')),
    CONSTRAINT task_state_known CHECK (state IN ('open', 'done', 'withdrawn')),
    CONSTRAINT task_result_text CHECK (char_length(result) <= 4000 AND result IS NFC NORMALIZED)
) WITH (fillfactor = 80);
COMMENT ON COLUMN workflow.task.due_at IS 'infinity when there is no deadline, so that the work list has one order: what is due first comes first.';
CREATE INDEX task_work_list_idx ON workflow.task (tenant_id, holder_id, due_at, id) WHERE state = 'open';
CREATE INDEX task_document_idx ON workflow.task (tenant_id, document_id, state);
CREATE INDEX task_direction_idx ON workflow.task (tenant_id, direction_id);
SELECT platform.protect('workflow.task');

-- Steps: the way a document went. Append-only.
CREATE TABLE workflow.step (
    tenant_id    uuid        NOT NULL DEFAULT platform.current_tenant(),
    id           uuid        NOT NULL DEFAULT platform.uuid_v7(),
    document_id  uuid        NOT NULL,
    action       text        NOT NULL,
    from_state   text        NOT NULL,
    to_state     text        NOT NULL,
    post_id      uuid        DEFAULT platform.current_post(),
    person_name  text        NOT NULL,
    title        text        NOT NULL,
    comment      text        NOT NULL DEFAULT '',
    taken_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT step_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT step_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT step_texts CHECK (char_length(comment) <= 4000 AND comment IS NFC NORMALIZED AND person_name IS NFC NORMALIZED
        AND title IS NFC NORMALIZED)
);
COMMENT ON COLUMN workflow.step.person_name IS 'As it was then: names and titles change, the record does not.';
CREATE INDEX step_document_idx ON workflow.step (tenant_id, document_id, id);
SELECT platform.protect('workflow.step', 'SELECT, INSERT');

/* Writes a step in the name of the caller's present post. */
CREATE FUNCTION workflow.take_step(target uuid, action text, from_state text, to_state text, comment text DEFAULT '')
RETURNS void LANGUAGE sql SET search_path = pg_catalog AS $$
    INSERT INTO workflow.step (document_id, action, from_state, to_state, person_name, title, comment)
    SELECT target, action, from_state, to_state, p.full_name, t.title, comment
      FROM organisation.post AS t
      JOIN organisation.person AS p ON p.tenant_id = t.tenant_id AND p.id = t.person_id
     WHERE t.id = platform.current_post()
$$;
