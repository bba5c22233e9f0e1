import Foundation
import Platform
import Postgres

/// A request to a remote service as it is kept: what is needed to finish it after a restart, and no secret.
public struct RemoteRequest: Sendable {
    /// How long a service may take, and how long the system may act for the person who asked.
    public static let patience = Duration.seconds(15 * 60)

    public let id: UUID
    public let session: UUID
    /// In the order in which they were sent.
    public let items: [UUID]
    public let ticket: RemoteTicket
    public let caller: Caller
    public let isOverdue: Bool

    /// Queues a new request of the caller's session. One that was sent and whose answer never came makes place after three minutes.
    ///
    /// - Parameter ticket: known before the answer: then the request waits from now on, and a job asks what became of it.
    public static func open(
        _ id: UUID, session: UUID, items: [UUID], ticket: RemoteTicket?, in transaction: borrowing Transaction
    ) throws {
        transaction.queue(
            """
            UPDATE signatures.remote_request SET state = 'failed', problem = 'remote_unreachable', ended_at = now()
             WHERE session_id = \(session) AND state = 'sent' AND created_at < now() - interval '3 minutes'
            """)
        let isOpen = try transaction.first(
            "SELECT true FROM signatures.remote_request WHERE session_id = \(session) AND state IN ('sent', 'waiting')"
        ) { row in try row.column(0, as: Bool.self) }
        guard isOpen != true else { throw RemoteSigningError.underWay }
        let list = items.map(\.uuidString).joined(separator: ",")
        transaction.queue(
            """
            INSERT INTO signatures.remote_request (id, session_id, items, state)
            VALUES (\(id), \(session), string_to_array(\(list), ',')::uuid[], 'sent')
            """)
        if let ticket { try self.wait(id, for: ticket, in: transaction) }
    }

    /// Queues that the request waits for its service: the job, the right to finish it for the caller, and time for the session.
    public static func wait(_ id: UUID, for ticket: RemoteTicket, in transaction: borrowing Transaction) throws {
        let json = String(decoding: try JSONEncoder().encode(ticket), as: UTF8.self)
        let seconds = Self.patience.components.seconds
        transaction.queue(
            """
            WITH waiting AS (
                UPDATE signatures.remote_request
                   SET state = 'waiting', ticket = \(json)::jsonb,
                       act_id = platform.entrust(\(seconds)::double precision * interval '1 second')
                 WHERE id = \(id) AND state = 'sent'
                RETURNING session_id)
            UPDATE signatures.signing_session AS s
               SET expires_at = greatest(s.expires_at, now() + \(seconds)::double precision * interval '1 second')
              FROM waiting AS w
             WHERE s.id = w.session_id
            """)
        transaction.queue(
            """
            SELECT platform.enqueue('poll_remote_signing', jsonb_build_object('request_id', \(id)), now() + interval '3 seconds', 10)
            """)
    }

    /// A request that still waits; nil for one that is over.
    public static func waiting(_ id: UUID, of tenant: UUID, in transaction: borrowing Transaction) throws
        -> RemoteRequest?
    {
        try transaction.first(
            """
            SELECT r.session_id, array_to_string(r.items, ','), r.ticket::text, r.act_id,
                   r.created_at < now() - \(Self.patience.components.seconds - 30)::double precision * interval '1 second'
              FROM signatures.remote_request AS r
             WHERE r.id = \(id) AND r.state = 'waiting'
            """
        ) { row in
            let ticket: String = try row.column(2)
            return RemoteRequest(
                id: id, session: try row.column(0),
                items: try row.column(1, as: String.self).split(separator: ",").compactMap {
                    UUID(uuidString: String($0))
                },
                ticket: try JSONDecoder().decode(RemoteTicket.self, from: Data(ticket.utf8)),
                caller: Caller(
                    credential: .entrusted(tenant: tenant, act: try row.column(3)), requestID: id, address: "",
                    requiredScope: nil),
                isOverdue: try row.column(4))
        }
    }

    /// What the page of a session at a remote service shows: `provider`, `wants_pin`, `wants_otp`, `sends_otp`, `is_elsewhere`, and
    /// `is_under_way` while the service has the documents. No row for a session that is not the caller's, or not of a remote certificate.
    public static func standing(of session: UUID) -> SQL {
        """
        SELECT r.provider, r.wants_pin, r.wants_otp, r.sends_otp, r.is_elsewhere,
               EXISTS (SELECT FROM signatures.remote_request AS q
                        WHERE q.session_id = s.id AND q.state IN ('sent', 'waiting')) AS is_under_way
          FROM signatures.signing_session AS s
          JOIN signatures.remote_credential AS r ON r.certificate_id = s.certificate_id
         WHERE s.id = \(session) AND \(SigningSession.isCallers)
        """
    }

    /// Queues that the request is over: signed, or failed with a problem's code, which its items then show.
    public static func end(_ id: UUID, problem: Refusal? = nil, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            WITH ended AS (
                UPDATE signatures.remote_request
                   SET state = CASE WHEN \(problem?.code)::text IS NULL THEN 'done' ELSE 'failed' END, problem = \(problem?.code),
                       ended_at = now()
                 WHERE id = \(id) AND state IN ('sent', 'waiting')
                RETURNING items, problem)
            UPDATE signatures.signing_item AS i
               SET problem = e.problem, problem_status = \(Int64(problem?.status ?? 0))::bigint::integer
              FROM ended AS e
             WHERE e.problem IS NOT NULL AND i.id = ANY (e.items) AND i.state = 'prepared'
            """)
    }
}
