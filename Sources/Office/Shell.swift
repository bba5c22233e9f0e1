import Postgres

/// What the frame of every page shows beside the names of `OrganisationQueries.me`.
public enum Shell {
    /// One row: `post` and `delegation` that the caller acts in, by which a kept frame is known to be of today; `waiting` and `unopened`
    /// tasks of the caller, and for clerks `deliveries` that wait to be registered, each among the first 100.
    public static var standing: SQL {
        """
        SELECT platform.current_post() AS post, platform.current_delegation() AS delegation, w.waiting, w.unopened,
               (SELECT count(*) FROM (SELECT FROM exchange.delivery AS v
                                       WHERE v.tenant_id = ANY ((SELECT platform.holders())::uuid[]) AND v.state = 'waiting'
                                       LIMIT 100) AS v) AS deliveries
          FROM (SELECT count(*) AS waiting, count(*) FILTER (WHERE t.opened_at IS NULL) AS unopened
                  FROM (SELECT k.opened_at
                          FROM workflow.task AS k
                         WHERE k.holder_id = ANY ((SELECT platform.holders())::uuid[]) AND k.state = 'open'
                         LIMIT 100) AS t) AS w
        """
    }
}
