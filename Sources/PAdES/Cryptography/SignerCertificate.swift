/// A look at a certificate before it signs.
public enum SignerCertificate {
    /// Whether a certificate (DER) may sign documents at that moment and leads to one of the roots. Revocation is not looked at.
    public static func trust(
        of certificate: [UInt8], issuers: [[UInt8]], roots: [[UInt8]], at time: SigningTime
    ) throws(PDFError) -> SignatureReport.Trust {
        CertificatePath.check(try Certificate(certificate), others: issuers, roots: roots, at: time)
    }
}
