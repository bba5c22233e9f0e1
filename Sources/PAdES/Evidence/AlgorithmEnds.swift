/// Until when algorithms are believed to prove anything: data, as cryptanalysis goes on and supervisors revise their lists (ETSI TS 119 312).
public struct AlgorithmEnds: Sendable, Hashable, Codable {
    /// The end of each by its name: `SHA-256` and the like, `RSA-2048` (bits of the modulus), `EC-256` (bits of the curve).
    public var days: [String: SigningTime]

    public static let none = AlgorithmEnds(days: [:])

    public init(days: [String: SigningTime]) {
        self.days = days
    }

    /// Reads `SHA-1=2013-12-31, RSA-2048=2030-12-31`: names and the last day of each, UTC. `nil` for what is no such list.
    public init?(_ text: String) {
        self.days = [:]
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "=", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
            guard parts.count == 2, !parts[0].isEmpty, parts[1].utf8.count == 10,
                let day = SigningTime(generalized: Array((parts[1].filter { $0 != "-" } + "235959Z").utf8)[...])
            else { return nil }
            self.days[parts[0]] = day
        }
    }
}

extension Certificate {
    /// The name of its key's kind and size among ``AlgorithmEnds``.
    var keyName: String { (self.isRSA ? "RSA-" : self.isElliptic ? "EC-" : "other-") + String(self.bits) }
}
