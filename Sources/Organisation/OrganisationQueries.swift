import Foundation
import Platform
import Postgres

/// What of the organisation can be read: everyone of a tenant sees its units, people and posts.
public enum OrganisationQueries {
    /// One page of units (đơn vị) in the order of the tree, parents before their children.
    public static func units(after path: String?, limit: Int) -> SQL {
        """
        SELECT u.id, u.parent_id, u.code, u.name, u.kind, u.symbol, u.path AS _cursor
          FROM organisation.unit AS u
         WHERE u.closed_on IS NULL AND u.path > \(path ?? "")
         ORDER BY u.path
         LIMIT \(Int64(limit + 1))
        """
    }

    /// One unit with the people who hold posts in it today.
    public static func unit(_ id: UUID) -> SQL {
        """
        SELECT u.id, u.parent_id, u.code, u.name, u.kind, u.symbol, '"' || u.version || '"' AS _etag,
               (SELECT coalesce(json_agg(json_build_object('id', t.id, 'title', t.title, 'role', t.role,
                           'person', json_build_object('id', p.id, 'full_name', p.full_name))
                           ORDER BY p.given_name COLLATE "vi-x-icu", p.full_name COLLATE "vi-x-icu", t.id), '[]')
                  FROM organisation.post AS t
                  JOIN organisation.person AS p ON p.id = t.person_id
                 WHERE t.unit_id = u.id AND t.started_on <= current_date
                   AND (t.ended_on IS NULL OR t.ended_on > current_date)) AS posts
          FROM organisation.unit AS u
         WHERE u.id = \(id)
        """
    }

    /// People whose name begins, in any of its words, with what was typed; accents are optional. An empty text lists everyone.
    public static func people(named text: String, after id: UUID?, limit: Int) -> SQL {
        """
        SELECT p.id, p.full_name, p.email, p.phone, p.id::text AS _cursor,
               (SELECT coalesce(json_agg(json_build_object('id', t.id, 'title', t.title, 'role', t.role,
                           'unit', json_build_object('id', u.id, 'name', u.name)) ORDER BY t.id), '[]')
                  FROM organisation.post AS t
                  JOIN organisation.unit AS u ON u.id = t.unit_id
                 WHERE t.person_id = p.id AND t.started_on <= current_date
                   AND (t.ended_on IS NULL OR t.ended_on > current_date)) AS posts
          FROM organisation.person AS p
         WHERE p.id > \(id ?? UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
           AND position(' ' || platform.fold(\(text)) IN ' ' || p.folded_name) > 0
         ORDER BY p.id
         LIMIT \(Int64(limit + 1))
        """
    }

    /// One person with the posts of today and of the past.
    public static func person(_ id: UUID) -> SQL {
        """
        SELECT p.id, p.full_name, p.email, p.phone, '"' || p.version || '"' AS _etag,
               (SELECT coalesce(json_agg(json_build_object('id', t.id, 'title', t.title, 'role', t.role,
                           'started_on', t.started_on, 'ended_on', t.ended_on,
                           'unit', json_build_object('id', u.id, 'name', u.name)) ORDER BY t.id), '[]')
                  FROM organisation.post AS t
                  JOIN organisation.unit AS u ON u.id = t.unit_id
                 WHERE t.person_id = p.id) AS posts
          FROM organisation.person AS p
         WHERE p.id = \(id)
        """
    }

    /// Who the caller is: person, the post acted in, the posts one may act in, the tenant. `delegated_by` is the full name of the absent
    /// person whose post it is, `delegation_ends_at` until when; both null for one's own posts.
    public static var me: SQL {
        """
        SELECT json_build_object('id', p.id, 'full_name', p.full_name) AS person,
               (SELECT json_build_object('id', t.id, 'title', t.title, 'role', t.role,
                           'unit', json_build_object('id', u.id, 'name', u.name),
                           'delegated_by', a.full_name, 'delegation_ends_at', g.ends_at)
                  FROM organisation.post AS t
                  JOIN organisation.unit AS u ON u.id = t.unit_id
                  LEFT JOIN organisation.delegation AS g ON g.id = platform.current_delegation()
                  LEFT JOIN organisation.person AS a ON g.id IS NOT NULL AND a.id = t.person_id
                 WHERE t.id = platform.current_post()) AS post,
               (SELECT coalesce(json_agg(json_build_object('id', t.id, 'title', t.title, 'role', t.role,
                           'unit', json_build_object('id', u.id, 'name', u.name),
                           'delegated_by', a.full_name, 'delegation_ends_at', m.ends_at)
                           ORDER BY m.ends_at IS NOT NULL, t.id), '[]')
                  FROM (SELECT o.id, NULL::timestamptz AS ends_at
                          FROM organisation.post AS o
                         WHERE o.person_id = p.id AND o.started_on <= current_date
                           AND (o.ended_on IS NULL OR o.ended_on > current_date)
                         UNION ALL
                        SELECT g.post_id, g.ends_at FROM organisation.delegated_posts(p.id) AS g) AS m
                  JOIN organisation.post AS t ON t.id = m.id
                  JOIN organisation.unit AS u ON u.id = t.unit_id
                  LEFT JOIN organisation.person AS a ON m.ends_at IS NOT NULL AND a.id = t.person_id) AS posts,
               (SELECT json_build_object('id', o.id, 'code', o.code, 'name', o.name)
                  FROM platform.tenant AS o WHERE o.id = platform.current_tenant()) AS tenant
          FROM organisation.person AS p
         WHERE p.id = platform.current_person()
        """
    }
}
