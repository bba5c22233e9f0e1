import Platform
import Postgres

extension Problem {
    /// The one place where an error becomes an answer. What is not known here is a mistake of ours: 500, without a word of it.
    package init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as Refusal: self.init(refusal)
        case let error as any RefusalConvertible: self.init(error.refusal)
        case let error as DatabaseError: self.init(error)
        case is CancellationError: self = .unavailable("timed_out", retryAfter: 1)
        default: self = .internalError
        }
    }

    private init(_ refusal: Refusal) {
        self.init(refusal.status, refusal.code, field: refusal.field)
        for detail in refusal.details.sorted(by: { $0.key < $1.key }) {
            if detail.key == "retry_after" {
                self.retryAfter = detail.value
            } else {
                self.members.append(.init(name: detail.key, value: .integer(Int64(detail.value))))
            }
        }
    }
}

extension Problem {
    /// Our own SQL's refusals pass as they are, for they hold no data. Everything else is told apart by its SQLSTATE.
    private init(_ error: DatabaseError) {
        if let status = error.refusalStatus, (400..<500).contains(status), let condition = error.condition {
            self.init(status, condition, field: error.field)
        } else if error.isConnectionFailure || error.code == .poolClosed {
            self = .unavailable("database_unavailable", retryAfter: 2)
        } else if error.code == .leaseTimeout {
            self = .unavailable("overloaded", retryAfter: 1)
        } else if error.isRetriable || error.code == .lockNotAvailable {
            self = .unavailable("busy", retryAfter: 1)
        } else if error.isTimeout {
            self = .unavailable("timed_out", retryAfter: 5)
        } else if error.isUniqueViolation {
            self.init(409, "already_exists")
        } else if error.isForeignKeyViolation {
            self.init(422, "unknown_reference")
        } else if error.isInvalidValue {
            self.init(422, "constraint_violated")
        } else {
            self = .internalError
        }
    }
}
