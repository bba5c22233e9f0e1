import Postgres

extension DocumentPage {
    /// The way of the document for drawing: the flow's main states from the first to the last, each `done`, `present` or `coming`.
    ///
    /// Where the document is off that line (cancelled, recalled), what it has done of the line comes first, then where it is; nothing is
    /// coming. A state that was left says by whom and when; the present one who has it now and since when; a coming one whose turn it
    /// will be (`actor`, the flow's word) and, for the signer, the name.
    static let way: SQL = """
        (WITH RECURSIVE line AS (
             SELECT CASE d.direction WHEN 'incoming' THEN 'registered' ELSE 'draft' END AS state,
                    CASE d.direction WHEN 'incoming' THEN 'clerk' ELSE 'drafter' END AS actor, 0 AS place
              UNION ALL
             SELECT n.next_state, n.next_actor, l.place + 1
               FROM line AS l
              CROSS JOIN LATERAL (SELECT m.next_state, m.next_actor
                                    FROM workflow.transition AS m
                                   WHERE m.flow = d.direction AND m.state = l.state AND m.is_main
                                   ORDER BY m.position
                                   LIMIT 1) AS n
              WHERE l.place < 20
         ), here AS (
             SELECT (SELECT l.place FROM line AS l WHERE l.state = d.state LIMIT 1) AS place, (SELECT max(l.place) FROM line AS l) AS last
         ), stood AS (
             SELECT l.state, l.actor, l.place,
                    CASE WHEN h.place IS NULL OR l.place < h.place THEN 'done'
                         WHEN l.place > h.place THEN 'coming'
                         WHEN h.place = h.last THEN 'done' ELSE 'present' END AS standing,
                    l.place IS NOT DISTINCT FROM h.place AS is_here
               FROM line AS l CROSS JOIN here AS h
              WHERE h.place IS NOT NULL
                 OR EXISTS (SELECT FROM workflow.step AS s WHERE s.document_id = d.id AND s.from_state = l.state)
              UNION ALL
             SELECT d.state, 'none', 99, 'present', true FROM here AS h WHERE h.place IS NULL
         )
         SELECT json_agg(json_build_object('state', w.state, 'standing', w.standing, 'actor', w.actor, 'at', s.taken_at, 'person_name',
                    CASE WHEN w.standing = 'present'
                         THEN coalesce((SELECT string_agg(\(Holder.name("k.holder_id")), '; ' ORDER BY k.id)
                                          FROM workflow.task AS k
                                         WHERE k.document_id = d.id AND k.state = 'open' AND k.role IN ('act', 'lead')), s.person_name)
                         WHEN w.standing = 'coming' AND w.actor = 'signer' THEN d.signer_name
                         ELSE s.person_name END) ORDER BY w.place)
           FROM stood AS w
           LEFT JOIN LATERAL (SELECT e.person_name, e.taken_at
                                FROM workflow.step AS e
                               WHERE e.document_id = d.id AND w.standing <> 'coming'
                                 AND CASE WHEN w.is_here THEN e.to_state ELSE e.from_state END = w.state
                               ORDER BY e.id DESC
                               LIMIT 1) AS s ON true)
        """
}
