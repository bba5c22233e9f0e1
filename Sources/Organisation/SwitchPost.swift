import Foundation
import Platform
import Postgres

/// Lets the caller's session act in another post (đổi chức danh làm việc): an own one, or one delegated to the caller. It holds from the
/// next request on.
public struct SwitchPost: Sendable {
    public let post: UUID

    public init(post: UUID) {
        self.post = post
    }

    /// Queues the whole act. SQL refuses a post that the caller may not act in today (`unknown_post`, VT422) and a token, which has one
    /// post for life (`sessions_only`, VT403).
    public func callAsFunction(in transaction: borrowing Transaction) {
        transaction.queue("SELECT platform.choose_post(\(self.post))")
        transaction.queue(
            """
            SELECT platform.record('session.post_chosen', 'session', platform.current_session(),
                       jsonb_build_object('post_id', platform.current_post()), jsonb_build_object('post_id', \(self.post)::uuid))
            """)
    }
}
