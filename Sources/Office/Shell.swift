import Organisation
import Postgres

/// What the frame of every page shows: who acts here and in which post, which other posts there are, and what waits.
public enum Shell {
    /// One row: person, post, posts and tenant as `OrganisationQueries.me` has them; `waiting` and `unopened` tasks of the caller, and
    /// for clerks `deliveries` that wait to be registered, each counted up to 100.
    public static var of: SQL {
        """
        SELECT m.*,
               (SELECT count(*) FROM (SELECT FROM workflow.task AS w
                                       WHERE w.holder_id = ANY ((SELECT platform.holders())::uuid[]) AND w.state = 'open'
                                       LIMIT 100) AS w) AS waiting,
               (SELECT count(*) FROM (SELECT FROM workflow.task AS w
                                       WHERE w.holder_id = ANY ((SELECT platform.holders())::uuid[]) AND w.state = 'open'
                                         AND w.opened_at IS NULL
                                       LIMIT 100) AS w) AS unopened,
               (SELECT count(*) FROM (SELECT FROM exchange.delivery AS v
                                       WHERE v.tenant_id = ANY ((SELECT platform.holders())::uuid[]) AND v.state = 'waiting'
                                       LIMIT 100) AS v) AS deliveries
          FROM (
        """ + OrganisationQueries.me + ") AS m"
    }
}
