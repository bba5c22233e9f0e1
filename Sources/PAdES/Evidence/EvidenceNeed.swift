import COpenSSL

/// A certificate whose path and revocation a file's evidence must speak of, so that its signatures can be judged when nobody answers any
/// more (EN 319 142-1, 5.4).
public struct EvidenceNeed: Sendable, Hashable {
    /// The full name of the field whose signature or time stamp the certificate made.
    public var fieldName: String
    /// DER.
    public var certificate: [UInt8]
    /// What came with it: issuers, in any order, DER.
    public var issuers: [[UInt8]]
    /// Whether it made a time stamp rather than a signature.
    public var isTimeStamp: Bool

    /// Every signer and every time stamp authority of a file, in the order of the signatures. Signatures that don't hold are passed over:
    /// nothing makes them better.
    public static func all(of report: VerificationReport) -> [EvidenceNeed] {
        var needs: [EvidenceNeed] = []
        for signature in report.signatures where signature.verdict.isGood {
            if signature.kind == .signature, let certificate = signature.certificate {
                needs.append(
                    EvidenceNeed(
                        fieldName: signature.fieldName, certificate: certificate, issuers: signature.certificates,
                        isTimeStamp: false))
            }
            for token in signature.signatureTimeStamps + [signature.documentTimeStamp].compactMap({ $0 }) {
                guard let authority = token.authority, token.problems.isEmpty else { continue }
                needs.append(
                    EvidenceNeed(
                        fieldName: signature.fieldName, certificate: authority, issuers: token.certificates,
                        isTimeStamp: true))
            }
        }
        return needs
    }
}

extension VerificationReport {
    /// When the proof of time that protects the whole file ends: the last day of the certificate of its newest document time stamp, or
    /// of an algorithm of it, if that covers the file to its end. Before it another one must follow (renewal). `nil` for a file without one.
    public func archivedUntil(_ ends: AlgorithmEnds = .none) -> SigningTime? {
        guard let last = self.signatures.last, last.kind == .documentTimeStamp, last.verdict == .valid,
            last.coversWholeFile, let authority = (last.documentTimeStamp?.authority).flatMap({ try? Certificate($0) }),
            let end = authority.end
        else { return nil }
        let names =
            [authority.keyName] + [last.algorithm?.split(separator: " ").last.map(String.init)].compactMap { $0 }
        return (names.compactMap { ends.days[$0] } + [end]).min()
    }
}

extension Certificate {
    /// notAfter.
    fileprivate var end: SigningTime? {
        var parts = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(self.handle), &parts) == 1 else { return nil }
        return SigningTime(secondsSince1970: Int64(timegm(&parts)))
    }
}
