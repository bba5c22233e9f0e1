/// Why something that others should say of a certificate, or a time stamp of theirs, is not to be had. Stable words: they stand in the record
/// of a check and in the codes of problems.
public enum OutsideSilence: String, Error, Sendable, Hashable, CaseIterable {
    /// The certificate names no place where its revocation could be asked for.
    case noAddress = "no_address"
    /// The address is none that is asked: not http or https, or in a private network whose host is not named in `fetch_private_hosts`; also
    /// one that a redirect leads to.
    case forbiddenAddress = "address"
    case unreachable
    /// No whole answer within the time.
    case slow
    case tooLarge = "too_large"
    /// The service answered that it has no answer: a status of HTTP other than 200, or of OCSP other than success.
    case refused
    /// Something else than what was asked for.
    case malformed
    /// About another certificate.
    case otherCertificate = "other_certificate"
    /// Not signed by whoever may say so.
    case wrongSigner = "wrong_signer"
    /// Signed by a responder whose own certificate has expired.
    case signerExpired = "signer_expired"
    /// It does not hold any more, or not yet.
    case outdated

    /// The code of the problem when a certificate cannot be used because of it.
    public var code: String { "certificate_status_" + self.rawValue }
}

/// Somebody who was asked in vain.
public struct OutsideInquiry: Sendable, Hashable, CustomStringConvertible {
    /// What was asked for: `ocsp`, `crl`.
    public let form: String
    /// Empty where there is none.
    public let address: String
    public let silence: OutsideSilence

    public var description: String {
        self.address.isEmpty ? self.silence.rawValue : "\(self.form) \(self.address): \(self.silence.rawValue)"
    }
}
