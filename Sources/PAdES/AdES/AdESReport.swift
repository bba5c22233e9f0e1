import COpenSSL

/// What is said about a signature outside a PDF, or about a file of such signatures: integrity and structure, never trust.
public enum AdESVerdict: String, Sendable, Codable, CaseIterable {
    /// An XML signature over the whole document.
    case validFull = "VALID_FULL"
    /// Signature and digests are good. In XML: the root element, an enclosed object or a detached file is signed as a whole.
    case valid = "VALID"
    /// As `valid`, but a hash or key that is too weak for today was used.
    case validWeakAlgorithm = "VALID_WEAK_ALGO"
    /// The signature is good, but there is more in the document than it covers: read only what `covered` names.
    case validPartial = "VALID_PARTIAL"
    /// A CMS signature that names no signing certificate: any certificate with the same key could be put in its place.
    case notCAdES = "NOT_CADES"
    /// Nothing is wrong, but something that the verdict needs is absent (the signed data, the certificate, a known algorithm).
    case indeterminate = "INDETERMINATE"
    /// The signature is good, a time stamp on it is not.
    case badTimeStamp = "BAD_TIMESTAMP"
    /// The form does not prove what is shown, or contradicts itself.
    case invalidFormat = "INVALID_FORMAT"
    /// Digest or signature value are wrong.
    case invalid = "INVALID"
    /// The file holds no signature.
    case noSignature = "NO_SIGNATURE"
    /// The file is not looked into: it has a DTD, or passes a bound.
    case refused = "REFUSE"
    /// The bytes are not what they claim to be (no well-formed XML, no CMS).
    case error = "ERROR"

    /// Whether everything that is shown is vouched for.
    public var isValid: Bool { self == .valid || self == .validFull }

    /// The cases above stand from the best to the worst.
    package var badness: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}

/// What is known about one signature of a CMS message or an XML document.
public struct AdESSignatureReport: Sendable, Hashable {
    /// A piece of data that the signature vouches for.
    public struct Covered: Sendable, Hashable {
        /// What the data is, and where it stands.
        public enum Kind: String, Sendable, Codable {
            /// The content inside a CMS message.
            case attachedContent = "attached_content"
            /// A file beside the signature.
            case detachedContent = "detached_content"
            /// An XML document without its signatures.
            case document
            /// An element of the XML document, with everything in it.
            case element
        }
        public var kind: Kind
        /// A path such as `/edXML/edXMLEnvelope[1]`, or the name of the file in the reference; empty where there is none.
        public var name: String

        package init(_ kind: Kind, _ name: String = "") {
            self.kind = kind
            self.name = name
        }
    }

    /// A time stamp (RFC 3161) beside the signature.
    public struct TimeStamp: Sendable, Hashable {
        /// The time in the token; `nil` when the token can't be read.
        public var time: SigningTime?
        /// Whether it stamps this very signature and its own signature is good.
        public var isValid: Bool
        /// What speaks against it; empty when it is valid. The words are stable.
        public var problems: [String]
        public var authority: String?
        public var trust: SignatureReport.Trust
    }

    /// `Id` of an XML signature, the number (from 1) of a signer in a CMS message.
    public var name: String
    public var verdict: AdESVerdict
    /// Why the verdict is not `valid`, or what is to be known beside it: stable snake_case words, the decisive one first.
    public var reasons: [String]
    public var trust: SignatureReport.Trust
    /// `CMS`, `CAdES-B-B`, `CAdES-B-T`, `XML-DSig`, `XAdES`, `XAdES-B-B` or `XAdES-B-T`.
    public var level: String
    public var covered: [Covered]
    /// Such as `ECDSA SHA-256`.
    public var algorithm: String?
    /// From the certificate's subject: CN, title, O.
    public var signerName: String?
    public var signerTitle: String?
    public var signerOrganisation: String?
    /// DER.
    public var certificate: [UInt8]?
    /// The signing time as the signer wrote it; a claim, not a proof.
    public var claimedTime: SigningTime?
    public var timeStamps: [TimeStamp]
    /// Whether it signs another signature and not the document.
    public var isCounterSignature: Bool
}

/// The signatures of one file.
public struct AdESReport: Sendable, Hashable {
    /// Which family of signatures the file holds.
    public enum Format: String, Sendable, Codable {
        case cms = "CMS"
        case xml = "XML"
    }
    public var format: Format
    /// The worst of the signatures that are no counter signatures; or why there are none.
    public var verdict: AdESVerdict
    /// The reasons of that signature; or why the file was not looked into.
    public var reasons: [String]
    public var signatures: [AdESSignatureReport]

    public var isValid: Bool { self.verdict.isValid }
    /// As `isValid`, and every certificate has a path to a given root.
    public var isValidAndTrusted: Bool {
        self.isValid
            && self.signatures.allSatisfy {
                if case .trusted = $0.trust { true } else { $0.isCounterSignature }
            }
    }

    package init(_ format: Format, _ signatures: [AdESSignatureReport]) {
        self.format = format
        self.signatures = signatures
        let worst = signatures.filter { !$0.isCounterSignature }.max { $0.verdict.badness < $1.verdict.badness }
        self.verdict = worst?.verdict ?? .noSignature
        self.reasons = worst?.reasons ?? []
    }

    package init(_ format: Format, _ verdict: AdESVerdict, _ reason: String) {
        self.format = format
        self.verdict = verdict
        self.reasons = [reason]
        self.signatures = []
    }
}

/// What is wrong with a signature, by kind; makes the verdict.
package struct AdESFindings: Sendable {
    package var cryptography: [String] = []
    package var structure: [String] = []
    package var timeStamps: [String] = []
    package var missing: [String] = []
    package var notCAdES: [String] = []
    package var partial: [String] = []
    package var weak: [String] = []
    /// What only keeps the signature from a level.
    package var notes: [String] = []

    package init() {}

    /// A token without its authority's certificate can't be called good, but nothing says that it is bad.
    package mutating func note(_ stamp: AdESSignatureReport.TimeStamp) {
        if stamp.isValid { return }
        if stamp.problems == ["signer_certificate_missing"] {
            self.notes.append("time_stamp_unverified")
        } else {
            self.timeStamps.append("time_stamp_wrong")
        }
    }

    package var reasons: [String] {
        var seen: Set<String> = []
        return
            (self.cryptography + self.structure + self.timeStamps + self.missing + self.notCAdES + self.partial
            + self.weak + self.notes).filter { seen.insert($0).inserted }
    }

    /// - Parameter best: the verdict when nothing was found.
    package func verdict(best: AdESVerdict) -> AdESVerdict {
        if !self.cryptography.isEmpty { return .invalid }
        if !self.structure.isEmpty { return .invalidFormat }
        if !self.timeStamps.isEmpty { return .badTimeStamp }
        if !self.notCAdES.isEmpty { return .notCAdES }
        if !self.missing.isEmpty { return .indeterminate }
        if !self.partial.isEmpty { return .validPartial }
        return self.weak.isEmpty ? best : .validWeakAlgorithm
    }
}

/// The data that a detached signature is about. It is read in pieces, so that big files are never held whole.
public struct DetachedContent: Sendable {
    package let read: @Sendable (_ take: (ArraySlice<UInt8>) throws -> Void) throws -> Void

    /// - Parameter read: calls its argument with the pieces of the data in order; it may be asked to do so several times.
    public init(_ read: @escaping @Sendable (_ take: (ArraySlice<UInt8>) throws -> Void) throws -> Void) {
        self.read = read
    }

    public init(_ bytes: [UInt8]) {
        self.init { take in try take(bytes[...]) }
    }

    /// The content's digest; of a detached file as it was given. Throws when it can't be computed.
    package func digest(_ algorithm: Digest.Algorithm) throws -> [UInt8] {
        let digest = try Digest(algorithm)
        try self.read { digest.update($0) }
        return try digest.value()
    }
}

extension AdESSignatureReport {
    package init(
        name: String, verdict: AdESVerdict, reasons: [String], trust: SignatureReport.Trust, level: String,
        covered: [Covered], algorithm: String?, certificate: Certificate?, claimedTime: SigningTime?,
        timeStamps: [TimeStamp], isCounterSignature: Bool
    ) {
        self.name = name
        self.verdict = verdict
        self.reasons = reasons
        self.trust = trust
        self.level = level
        self.covered = covered
        self.algorithm = algorithm
        self.signerName = certificate?.commonName
        self.signerTitle = certificate?.subject(NID_title)
        self.signerOrganisation = certificate?.subject(NID_organizationName)
        self.certificate = certificate?.der
        self.claimedTime = claimedTime
        self.timeStamps = timeStamps
        self.isCounterSignature = isCounterSignature
    }
}

extension AdESSignatureReport.TimeStamp {
    /// The time, where the token is good and its authority leads to a given root: anybody can make tokens of yesterday.
    package var provenTime: SigningTime? {
        guard self.isValid, case .trusted = self.trust else { return nil }
        return self.time
    }

    /// - Parameters:
    ///   - token: DER or BER; `nil` for what could not even be taken out of its wrapping.
    ///   - data: what must have been stamped.
    package init(token: [UInt8]?, over data: [UInt8], roots: [[UInt8]], intermediates: [[UInt8]]) {
        guard let token = token.flatMap({ try? TimeStampToken($0) }) else {
            self.init(
                time: nil, isValid: false, problems: ["time_stamp_malformed"], authority: nil, trust: .unknown)
            return
        }
        let authority = token.authority.flatMap { try? Certificate($0) }
        let trust = authority.map {
            CertificatePath.check($0, others: token.certificates + intermediates, roots: roots, at: token.time)
        }
        let problems = token.problems(over: [data[...]])
        self.init(
            time: token.time, isValid: problems.isEmpty, problems: problems, authority: authority?.commonName,
            trust: trust ?? .unknown)
    }
}
