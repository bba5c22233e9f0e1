public import Foundation
public import Postgres

/// Work that a committed transaction left to be done afterwards (`platform.enqueue`).
public struct Job: Sendable {
    public let tenant: UUID
    /// What makes a handler idempotent: the same job may come twice, always under the same id.
    public let id: UUID
    public let kind: String
    public let payload: JSONText
    /// From 1.
    public let attempt: Int
    public let maxAttempts: Int

    public init(tenant: UUID, id: UUID, kind: String, payload: JSONText, attempt: Int = 1, maxAttempts: Int = 10) {
        self.tenant = tenant
        self.id = id
        self.kind = kind
        self.payload = payload
        self.attempt = attempt
        self.maxAttempts = maxAttempts
    }

    /// The statement that finishes the job, for a handler that wants its effects and the end of the job in one transaction.
    /// It changes nothing when the lease was lost to another worker.
    public var finishing: SQL {
        """
        UPDATE platform.job
           SET state = 'done', finished_at = now(), leased_until = NULL, worker = NULL, last_error = NULL
         WHERE tenant_id = \(self.tenant) AND id = \(self.id) AND state = 'running' AND attempt = \(Int32(self.attempt))
        """
    }

    /// The payload as a value.
    public func decode<Payload: Decodable>(_ type: Payload.Type = Payload.self) throws -> Payload {
        do {
            return try JSONDecoder().decode(type, from: Data(self.payload.text.utf8))
        } catch {
            throw JobFailure.hopeless("payload_unreadable")
        }
    }
}

/// What a handler may throw to say more than that it failed. Any other error means: try again later.
public enum JobFailure: Error, Hashable {
    /// Trying again would not help: the job is parked at once. The reason is a code without data.
    case hopeless(String)
    /// Try again after this time, whatever the number of attempts says.
    case later(Duration)
}

/// Does the work of one kind of job. It runs outside of any transaction and opens its own.
public typealias JobHandler = @Sendable (Job) async throws -> Void

/// When a failed job is tried again.
public struct Backoff: Sendable {
    public var first = Duration.seconds(2)
    public var longest = Duration.seconds(3600)

    public init() {}

    /// Doubles with every attempt, up to the longest, and lies anywhere in the upper half of that, so that jobs which failed
    /// together do not come back together.
    public func delay(after attempt: Int) -> Duration {
        let doubled = self.first * (1 << min(max(attempt - 1, 0), 20))
        return min(doubled, self.longest) * Double.random(in: 0.5...1)
    }
}
