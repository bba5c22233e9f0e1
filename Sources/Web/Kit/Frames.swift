import Foundation
import Office
import Organisation
import Postgres
import Synchronization

/// The names in the frame of pages: who I am, my posts, my organisation. They seldom change and cost more than all else of the frame, so
/// they are kept for half a minute a session. What one may do is never taken from here: it is judged by the transaction.
final class Frames: Sendable {
    private struct Known {
        let post: UUID?
        let delegation: UUID?
        let me: JSONResult
        let since: ContinuousClock.Instant
    }

    private let known = Mutex<[[UInt8]: Known]>([:])
    private static let span = Duration.seconds(30)
    private static let most = 20_000

    /// Who asks, with what waits: an object, or nothing for an account that is nobody's.
    ///
    /// - Parameter session: the hash of the session's secret.
    func read(for session: [UInt8], in transaction: borrowing Transaction) throws -> JSONResult {
        let now = try transaction.one(Shell.standing) { row in
            (
                post: try row.optional(0, as: UUID.self), delegation: try row.optional(1, as: UUID.self),
                counts: [try row.column(2, as: Int64.self), try row.column(3), try row.column(4)]
            )
        }
        var me = try self.names(for: session, post: now.post, delegation: now.delegation, in: transaction)
        guard me.bytes.last == UInt8(ascii: "}") else { return me }
        me.bytes.removeLast()
        let counts = #","waiting":\#(now.counts[0]),"unopened":\#(now.counts[1]),"deliveries":\#(now.counts[2])}"#
        me.bytes.append(contentsOf: counts.utf8)
        return me
    }

    /// Forgets everybody's, after something was changed that frames show.
    func forget() { self.known.withLock { $0.removeAll() } }

    private func names(
        for session: [UInt8], post: UUID?, delegation: UUID?, in transaction: borrowing Transaction
    ) throws -> JSONResult {
        let now = ContinuousClock.now
        if let kept = self.known.withLock({ $0[session] }), kept.post == post, kept.delegation == delegation,
            now - kept.since < Self.span
        {
            return kept.me
        }
        let me = try transaction.json(OrganisationQueries.me)
        self.known.withLock { known in
            if known.count >= Self.most { known.removeAll() }
            known[session] = Known(post: post, delegation: delegation, me: me, since: now)
        }
        return me
    }
}
