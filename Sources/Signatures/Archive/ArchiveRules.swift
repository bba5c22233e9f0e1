import PAdES
import Platform
import Postgres

/// When what proves a signed file is to be renewed.
public struct ArchiveRules: Sendable {
    /// How long before its end a proof of time is followed by the next one.
    public var lead: Duration
    /// Until when algorithms prove anything.
    public var ends: AlgorithmEnds

    public init(lead: Duration = .seconds(180 * 86_400), ends: AlgorithmEnds = .none) {
        self.lead = lead
        self.ends = ends
    }

    /// When something that carries until `end` is to be looked at again.
    public func due(before end: Instant) -> Instant { end + .seconds(-self.lead.components.seconds) }
}
