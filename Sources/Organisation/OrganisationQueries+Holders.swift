import Foundation
import Postgres

extension OrganisationQueries {
    /// Holders whose ids are known, as `holders(matching:limit:)` has them: what somebody has chosen, to be shown again. Ids that
    /// work cannot be given to are left out.
    public static func holders(_ ids: [UUID]) -> SQL {
        """
        SELECT h.*
          FROM (SELECT u.id, 'unit' AS kind, u.name, concat_ws(' · ', m.full_name, a.name) AS note
                  FROM organisation.unit AS u
                  LEFT JOIN organisation.unit AS a ON a.id = u.parent_id
                 CROSS JOIN LATERAL (SELECT min(p.full_name) AS full_name
                                       FROM organisation.post AS t
                                       JOIN organisation.person AS p ON p.id = t.person_id
                                      WHERE t.unit_id = u.id AND t.role = 'head' AND t.started_on <= current_date
                                        AND (t.ended_on IS NULL OR t.ended_on > current_date)) AS m
                 WHERE u.id = ANY (\(ids)::uuid[]) AND u.closed_on IS NULL AND m.full_name IS NOT NULL
                 UNION ALL
                SELECT t.id, 'post', p.full_name, concat_ws(' · ', t.title, u.name)
                  FROM organisation.post AS t
                  JOIN organisation.person AS p ON p.id = t.person_id
                  JOIN organisation.unit AS u ON u.id = t.unit_id
                 WHERE t.id = ANY (\(ids)::uuid[]) AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)) AS h
         ORDER BY h.name COLLATE "C", h.id
        """
    }

    /// The units near the top, for choosing from a tree: all of them in an organisation of at most 600 units, else the two uppermost
    /// levels. Rows as in ``tree``.
    public static var nearTree: SQL {
        """
        SELECT n.*
          FROM (\(Self.tree)) AS n
         WHERE n.depth <= 1
            OR (SELECT count(*) FROM (SELECT FROM organisation.unit AS c WHERE c.closed_on IS NULL LIMIT 601) AS c) <= 600
        """
    }

    /// The leaders in office (lãnh đạo): `id` of the post, `name`, `title`, in the order of the given name (tên).
    public static var leaders: SQL {
        """
        SELECT t.id, p.full_name AS name, t.title
          FROM organisation.post AS t
          JOIN organisation.person AS p ON p.id = t.person_id
         WHERE t.role = 'leader' AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
         ORDER BY p.given_name COLLATE "vi-x-icu", p.full_name COLLATE "vi-x-icu", t.id
         LIMIT 200
        """
    }
}
