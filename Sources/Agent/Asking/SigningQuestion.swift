import Foundation

/// What a person is asked before a signature.
struct SigningQuestion: Sendable {
    struct Item: Sendable {
        let name: String
        /// Hexadecimal.
        let digest: String
    }

    let origin: Origin
    let items: [Item]
    let certificate: CertificateFacts
    let token: TokenFacts
    let algorithm: TokenAlgorithm

    /// The question as it is shown, line by line.
    func text(_ words: AgentWords) -> String {
        var lines = [
            words.asks(self.origin.text, self.items.count),
            words.certificate(Self.shown(self.certificate.subject), Self.shown(self.token.label), self.algorithm.name),
        ]
        for (number, item) in self.items.enumerated() {
            lines.append("  \(number + 1). \(Self.shown(item.name))")
            lines.append("     \(item.digest)")
        }
        return lines.joined(separator: "\n")
    }

    /// A text of a page or of a token as a terminal may show it: one line, nothing that steers the terminal or turns the direction of
    /// writing, 200 characters at most.
    static func shown(_ text: String) -> String {
        let scalars = text.precomposedStringWithCanonicalMapping.unicodeScalars.prefix(200).map {
            Self.steers($0) ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
