import Postgres

/// Whom a document can be issued to.
public enum RecipientGroups {
    /// One row of two lists: `organisations` (id, code, name, kind) other than the caller's own, and `units` (id, parent_id, name, kind,
    /// has_head) of the own organisation; each by kind and name. Only a unit that has a head can receive.
    public static var all: SQL {
        """
        SELECT (SELECT coalesce(json_agg(json_build_object('id', o.id, 'code', o.code, 'name', o.name, 'kind', o.kind)
                           ORDER BY array_position(ARRAY['headquarters', 'province', 'company', 'other'], o.kind),
                                    o.name COLLATE "vi-x-icu"), '[]')
                  FROM exchange.directory() AS o WHERE o.id <> platform.current_tenant()) AS organisations,
               (SELECT coalesce(json_agg(json_build_object('id', u.id, 'parent_id', u.parent_id, 'name', u.name, 'kind', u.kind,
                           'has_head', u.id IN (SELECT t.unit_id FROM organisation.post AS t
                                                 WHERE t.role = 'head' AND t.started_on <= current_date
                                                   AND (t.ended_on IS NULL OR t.ended_on > current_date)))
                           ORDER BY array_position(ARRAY['organisation', 'board', 'office', 'department', 'district', 'post_office',
                                                         'culture_point', 'team'], u.kind), u.name COLLATE "vi-x-icu"), '[]')
                  FROM organisation.unit AS u WHERE u.closed_on IS NULL) AS units
        """
    }
}
