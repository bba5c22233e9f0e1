import Postgres
import Workflow

/// What somebody finds on coming in: how much waits, what is late, what is new.
public enum Home {
    /// Above this many the counts stop: nobody counts on, and a count must not cost a scan.
    public static let most = 1000

    /// One row of counts for all the caller is. Those of the clerks' desk are null for everybody else.
    public static var counts: SQL {
        """
        SELECT w.waiting, w.unopened, w.late, w.due_soon, w.drafts, c.deliveries, c.to_number, c.to_seal, c.to_issue
          FROM (SELECT count(*) AS waiting,
                       count(*) FILTER (WHERE t.opened_at IS NULL) AS unopened,
                       count(*) FILTER (WHERE t.due_at < now()) AS late,
                       count(*) FILTER (WHERE t.due_at >= now() AND t.due_at < now() + interval '3 days') AS due_soon,
                       count(*) FILTER (WHERE t.step = 'draft' AND t.holder_id = platform.current_post()) AS drafts
                  FROM unnest((SELECT platform.holders())) AS h (id)
                 CROSS JOIN LATERAL (
                       SELECT k.holder_id, k.step, k.due_at, k.opened_at
                         FROM workflow.task AS k
                        WHERE k.holder_id = h.id AND k.state = 'open'
                        ORDER BY k.due_at, k.id
                        LIMIT \(Int64(Self.most))) AS t) AS w
          LEFT JOIN LATERAL (
               SELECT (SELECT count(*) FROM (SELECT FROM exchange.delivery AS v WHERE v.state = 'waiting'
                                              LIMIT \(Int64(Self.most))) AS v) AS deliveries,
                      (\(Self.desk("signed", "= 'outgoing'"))) AS to_number, (\(Self.desk("numbered", "= 'outgoing'"))) AS to_seal,
                      (\(Self.desk("sealed", "= 'outgoing'"))) + (\(Self.desk("signed", "= 'internal'"))) AS to_issue
                WHERE platform.current_role() = 'clerk') AS c ON true
        """
    }

    /// How many documents wait at the clerks' desk in a state; `task_desk_idx` holds only those.
    private static func desk(_ step: String, _ direction: String) -> SQL {
        """
        SELECT count(*) FROM (SELECT FROM workflow.task AS k JOIN documents.document AS d ON d.id = k.document_id
         WHERE k.holder_id = platform.current_tenant() AND k.state = 'open' AND k.step = '\(unescaped: step)'
           AND d.direction \(unescaped: direction) LIMIT \(Int64(Self.most))) AS k
        """
    }

    /// The caller's work that is past its deadline; the columns are those of `Tasks.desk`.
    public static func late(limit: Int) -> SQL {
        Tasks.desk(TaskFilter(due: .late), after: nil, limit: limit)
    }

    /// The caller's work that nobody has opened yet; the columns are those of `Tasks.desk`.
    public static func new(limit: Int) -> SQL {
        Tasks.desk(TaskFilter(isUnopened: true), after: nil, limit: limit)
    }
}
