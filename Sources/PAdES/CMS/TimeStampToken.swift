import SwiftASN1

/// A time stamp token of RFC 3161: a CMS signature over a TSTInfo, which says that a hash existed at a time.
///
/// What it says is known as soon as it is read; whether it holds is `problems(over:)`. Whether its authority is trusted is a
/// question of certificates.
public struct TimeStampToken: Sendable {
    /// genTime, to the second.
    public let time: SigningTime
    /// The policy's object identifier, such as `1.3.6.1.4.1.4146.2.3`.
    public let policy: String
    /// The content of the INTEGER, big endian.
    public let serial: [UInt8]
    /// The hash that was stamped and what made it, such as `SHA-256`.
    public let imprint: [UInt8]
    public let imprintAlgorithm: String
    /// Every certificate in the token, DER.
    public let certificates: [[UInt8]]
    /// That of the authority's key, DER; `nil` when the token doesn't carry it.
    public let authority: [UInt8]?
    /// Such as `RSA PKCS#1 v1.5 SHA-256`.
    public let algorithm: String?
    /// The token itself: one DER value without padding.
    public let der: [UInt8]

    private let hash: Digest.Algorithm
    let findings: CMSCheck.Findings

    /// Reads a token and verifies the authority's signature in it. Bytes after the token must be zero.
    /// - Throws: `damaged` for what is no time stamp token.
    public init(_ bytes: [UInt8]) throws(PDFError) {
        let damaged = PDFError.damaged("no time stamp token")
        guard let (der, length) = DERForm.normalised(bytes[...]), bytes[length...].allSatisfy({ $0 == 0 }) else {
            throw damaged
        }
        let cms = try CMSSignedData(der)
        guard cms.contentType == OID.timeStampInformation, let content = cms.content,
            let information = try? Information(content)
        else { throw damaged }
        var check = CMSCheck(cms, profile: .timeStamp)
        check.run(issuers: [], hash: { try? Digest.hash($0, content) }, content: { content })
        self.time = information.time
        self.policy = information.policy
        self.serial = information.serial
        self.imprint = information.imprint
        self.hash = information.hash
        self.imprintAlgorithm = information.hash.rawValue
        self.certificates = cms.certificates
        self.authority = check.certificate?.der
        self.algorithm = check.scheme?.name
        self.der = der
        self.findings = check.findings
    }

    /// Whether a hash with known collisions takes part.
    public var isWeak: Bool { self.hash.isWeak || self.findings.policy.contains("broken_hash") }

    /// What is wrong with the authority's signature; empty when it holds. The words are stable.
    public var problems: [String] {
        self.findings.structure + self.findings.cryptography + self.findings.policy + self.findings.form
    }

    /// As `problems`, and `imprint_differs` when something else than these bytes, joined, was stamped.
    public func problems(over data: [ArraySlice<UInt8>]) -> [String] {
        self.problems + (self.stamps { try? Digest.hash($0, data) } ? [] : ["imprint_differs"])
    }

    func stamps(_ hash: (Digest.Algorithm) -> [UInt8]?) -> Bool { hash(self.hash) == self.imprint }
}

extension TimeStampToken: Hashable {
    public static func == (a: TimeStampToken, b: TimeStampToken) -> Bool { a.der == b.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(self.der) }
}

extension TimeStampToken {
    /// TSTInfo (RFC 3161, 2.4.2).
    private struct Information {
        var policy: String
        var hash: Digest.Algorithm
        var imprint: [UInt8]
        var serial: [UInt8]
        var time: SigningTime

        init(_ bytes: [UInt8]) throws {
            let fields = try DER.parse(bytes).constructed(.sequence)
            guard fields.count >= 5, try Int(derEncoded: fields[0]) == 1, fields[3].identifier == .integer,
                case .primitive(let serial) = fields[3].content, fields[4].identifier == .generalizedTime,
                case .primitive(let time) = fields[4].content, let instant = SigningTime(generalized: time)
            else { throw CMSSignedData.Malformed() }
            self.policy = "\(try ASN1ObjectIdentifier(derEncoded: fields[1]))"
            let imprint = try fields[2].constructed(.sequence)
            guard imprint.count == 2, let name = try imprint[0].constructed(.sequence).first,
                let hash = Digest.Algorithm(try ASN1ObjectIdentifier(derEncoded: name))
            else { throw CMSSignedData.Malformed() }
            self.hash = hash
            self.imprint = Array(try ASN1OctetString(derEncoded: imprint[1]).bytes)
            self.serial = Array(serial)
            self.time = instant
        }
    }
}

extension SigningTime {
    /// `20261123031005.123Z`; the fraction is dropped. `nil` for what is no such time.
    init?(generalized text: ArraySlice<UInt8>) {
        let digits = text.prefix { (0x30...0x39).contains($0) }.map { Int64($0 - 0x30) }
        let rest = text.dropFirst(digits.count)
        guard digits.count == 14, text.last == 0x5A,
            rest.dropLast().isEmpty
                || (rest.first == 0x2E && rest.dropFirst().dropLast().allSatisfy { (0x30...0x39).contains($0) })
        else { return nil }
        func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + $1 } }
        let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
        let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61 else { return nil }
        // Days of the Gregorian calendar, counting years from 1 March.
        let shifted = month <= 2 ? year - 1 : year
        let days =
            shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        self.init(secondsSince1970: (days - 719_468) * 86_400 + hour * 3_600 + minute * 60 + second)
    }
}
