import Foundation

/// Whom the root of a certificate's path belongs to, and so what it may sign (Law on electronic transactions, art. 22; Decrees 23/2025, 68/2024).
public enum CertificateKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The post's own CA (chữ ký điện tử chuyên dùng bảo đảm an toàn).
    case `internal`
    /// A licensed CA under the national root, to a person (chữ ký số công cộng).
    case nationalPersonal = "national_personal"
    /// A licensed CA under the national root, to an organisation.
    case nationalOrganisation = "national_organisation"
    /// The Government Cipher Committee's (chữ ký số chuyên dùng công vụ).
    case publicDuty = "public_duty"
    /// It leads to no root that is trusted here.
    case unknown
}

/// Which certificates may sign what, as data: the first rule that fits decides; where none does, nothing may be signed.
public struct SignaturePolicy: Sendable, Hashable, Decodable {
    /// Which act of the flow the signature belongs to.
    public enum Step: String, Sendable, Hashable, Codable { case sign, seal }
    /// Where the document goes when it is issued.
    public enum Channel: String, Sendable, Hashable, Codable, CaseIterable {
        /// Stays in the post and its organisations.
        case inside
        /// Leaves over the national axis (trục liên thông).
        case axis
    }
    /// What happens when the title in the certificate is not the one in the signature block.
    public enum TitleRule: String, Sendable, Hashable, Codable { case ignore, warn, refuse }

    /// Which kinds of certificate may take a step on a class of documents that go by a channel.
    public struct Rule: Sendable, Hashable, Decodable {
        /// `outgoing`, `internal`, a code of a document type such as `QD`, or `*`.
        public let documents: String
        public let step: Step
        public let channel: Channel
        public let kinds: [CertificateKind]
        public let title: TitleRule
    }

    /// When a soft key signs only after a passkey of the person has answered, too. Keys on devices bring a second factor of their own.
    public enum SecondFactor: String, Sendable, Hashable, Codable, CaseIterable {
        case never
        /// For whoever has registered a passkey.
        case whenRegistered = "when_registered"
        /// Who has none signs nothing.
        case always

        /// - Parameter hasPasskey: whether the person has one in force.
        public func isNeeded(hasPasskey: Bool) -> Bool {
            switch self {
            case .never: false
            case .whenRegistered: hasPasskey
            case .always: true
            }
        }
    }

    public let rules: [Rule]
    public let secondFactor: SecondFactor

    public init(rules: [Rule], secondFactor: SecondFactor = .whenRegistered) {
        self.rules = rules
        self.secondFactor = secondFactor
    }

    private enum CodingKeys: String, CodingKey {
        case rules
        case secondFactor = "second_factor"
    }

    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            rules: try file.decode([Rule].self, forKey: .rules),
            secondFactor: try file.decodeIfPresent(SecondFactor.self, forKey: .secondFactor) ?? .whenRegistered)
    }

    /// What is to be signed, by whom and with what.
    public struct Question: Sendable, Hashable {
        /// `outgoing` or `internal`.
        public let direction: String
        public let type: String
        public let step: Step
        public let channel: Channel
        public let kind: CertificateKind
        /// In the certificate, and in the signature block; nil where there is none.
        public let certifiedTitle: String?
        public let title: String?

        public init(
            direction: String, type: String, step: Step, channel: Channel, kind: CertificateKind,
            certifiedTitle: String?, title: String?
        ) {
            self.direction = direction
            self.type = type
            self.step = step
            self.channel = channel
            self.kind = kind
            self.certifiedTitle = certifiedTitle
            self.title = title
        }
    }

    /// What was decided, as it is kept with the signature.
    public struct Decision: Sendable, Hashable, Codable {
        public let documents: String
        public let step: Step
        public let channel: Channel
        public let kind: CertificateKind
        public let certifiedTitle: String?
        public let title: String?
        /// `title_differs` or nothing.
        public let warnings: [String]
    }

    /// Throws `SignaturesError.certificateNotAllowed`, `.titleDiffers`.
    public func decide(_ question: Question) throws(SignaturesError) -> Decision {
        let names: Set = ["*", question.direction, question.type]
        let rule = self.rules.first {
            $0.step == question.step && $0.channel == question.channel && names.contains($0.documents)
        }
        guard let rule, rule.kinds.contains(question.kind) else { throw .certificateNotAllowed }
        var warnings: [String] = []
        if let title = question.title, rule.title != .ignore, !Self.agree(question.certifiedTitle, title) {
            guard rule.title == .warn else { throw .titleDiffers }
            warnings.append("title_differs")
        }
        return Decision(
            documents: rule.documents, step: rule.step, channel: rule.channel, kind: question.kind,
            certifiedTitle: question.certifiedTitle, title: question.title, warnings: warnings)
    }

    /// Whether a certificate of this kind may take the step on a document of that direction and type, whatever its title.
    public func permits(
        _ kind: CertificateKind, _ step: Step, direction: String, type: String, channel: Channel = .inside
    ) -> Bool {
        let question = Question(
            direction: direction, type: type, step: step, channel: channel, kind: kind, certifiedTitle: nil, title: nil)
        return (try? self.decide(question)) != nil
    }

    /// Two titles agree but for case and spaces; a name in a certificate has 64 characters at most (X.520).
    private static func agree(_ certified: String?, _ title: String) -> Bool {
        func plain(_ text: String) -> String {
            text.precomposedStringWithCanonicalMapping.lowercased().split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
        }
        guard let certified else { return false }
        return plain(certified) == plain(title)
            || certified.unicodeScalars.count == 64 && plain(title).hasPrefix(plain(certified))
    }
}

extension SignaturePolicy {
    /// Reads `signature-policy.json`. Throws `DecodingError` and what reading a file throws.
    public init(file: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }
}
