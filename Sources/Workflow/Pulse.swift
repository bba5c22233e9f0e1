import Foundation
import Postgres

/// What waits for holders, so little that it can be asked every few seconds for every open page: what the pages' events are made of.
public enum Pulse {
    /// One row for each pair, in any order: `tenant_id`, `holder_id`, `open_count`, `unopened_count`, `late_count`, `newest_task_id`,
    /// `delivery_count`, `newest_delivery_id`. Deliveries are counted for a holder that is the tenant itself, its clerks (văn thư).
    ///
    /// It needs no caller, since it reveals counts only; the pairs must come from ``mine`` in a transaction of the caller's.
    public static func of(_ holders: [(tenant: UUID, holder: UUID)]) -> SQL {
        """
        SELECT p.tenant_id, p.holder_id, p.open_count, p.unopened_count, p.late_count, p.newest_task_id, p.delivery_count,
               p.newest_delivery_id
          FROM workflow.pulse(\(holders.map(\.tenant)), \(holders.map(\.holder))) AS p
        """
    }

    /// The pairs that the caller's present post stands for: `tenant_id`, `holder_id`. To be asked anew now and then, because posts and
    /// delegations end.
    public static var mine: SQL {
        "SELECT platform.current_tenant() AS tenant_id, h.id AS holder_id FROM unnest(platform.holders()) AS h (id)"
    }
}
