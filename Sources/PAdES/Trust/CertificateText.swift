/// What a person reads of a certificate.
public struct CertificateText: Sendable, Hashable {
    /// `CN=…, O=…`.
    public let subject: String
    public let issuer: String
    /// Hexadecimal.
    public let serial: String
    public let notBefore: SigningTime?
    public let notAfter: SigningTime?

    /// `nil` for bytes that are no certificate.
    public init?(der: [UInt8]) {
        guard let certificate = try? Certificate(der) else { return nil }
        self.subject = certificate.subjectText
        self.issuer = certificate.issuerText
        self.serial = certificate.serial
        self.notBefore = certificate.notBefore
        self.notAfter = certificate.notAfter
    }
}
