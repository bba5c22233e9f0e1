/// A detached CAdES baseline signature (EN 319 122-1, B-B or B-T) whose attributes are fixed and whose value is still to come: from
/// a soft key, a token or a remote service.
///
/// It is a value: it may be stored (`Codable`) and completed after a restart, any number of times with the same result.
public struct PreparedCAdES: Sendable, Hashable, Codable {
    /// The hash of the content, as in the message-digest attribute.
    public let contentDigest: [UInt8]
    /// The DER of the signed attributes with the tag of SET (0x31): the data that the key signs.
    public let signedAttributes: [UInt8]
    /// The hash of `signedAttributes`: what a token or a remote service is given.
    public let digest: [UInt8]
    public let algorithm: SignatureAlgorithm
    public let certificate: [UInt8]
    public let chain: [[UInt8]]

    /// - Parameters:
    ///   - content: the file; it is read once, in pieces.
    ///   - certificate: the signer's, DER.
    ///   - chain: issuers that are put beside it, DER. The root may be left out.
    ///   - algorithm: `nil` for what suits the certificate's key.
    ///   - time: the signing-time attribute, which CAdES wants where PAdES forbids it.
    /// - Throws: ``PDFError/certificateUnsuitable(_:)``, and whatever reading the content throws.
    public static func prepare(
        _ content: DetachedContent, certificate: [UInt8], chain: [[UInt8]] = [], algorithm: SignatureAlgorithm? = nil,
        time: SigningTime
    ) throws -> PreparedCAdES {
        let signer = try Certificate(certificate)
        if let reason = signer.unsuitability { throw PDFError.certificateUnsuitable(reason) }
        let algorithm = algorithm ?? signer.defaultAlgorithm
        guard signer.fits(algorithm.scheme) else { throw PDFError.certificateUnsuitable("another kind of key") }
        let contentDigest = try content.digest(algorithm.scheme.digest)
        let attributes = try CMSWriter.signedAttributes(
            messageDigest: contentDigest, certificate: certificate, chain: chain, scheme: algorithm.scheme, time: time)
        return PreparedCAdES(
            contentDigest: contentDigest, signedAttributes: attributes,
            digest: try Digest.hash(algorithm.scheme.digest, attributes), algorithm: algorithm,
            certificate: certificate,
            chain: chain)
    }

    /// The signature value as it stands in the message: what a time-stamp authority is asked to stamp.
    ///
    /// ECDSA values may come as DER or as r ‖ s, as remote services give them.
    /// - Throws: ``PDFError/signatureDoesNotVerify`` when the certificate's key did not make it.
    public func stamped(_ value: [UInt8]) throws(PDFError) -> [UInt8] {
        let certificate = try Certificate(self.certificate)
        var candidates = [value]
        if let length = certificate.coordinateLength, value.count == 2 * length, let der = PairedValue.der(value) {
            candidates.append(der)
        }
        let scheme = self.algorithm.scheme
        let verified = candidates.first { certificate.verifies($0, over: self.signedAttributes, scheme: scheme) }
        guard let verified else { throw .signatureDoesNotVerify }
        return verified
    }

    /// The CMS message (DER).
    /// - Parameter timeStamp: a token over `stamped(value)`; with it the signature is B-T.
    /// - Throws: ``PDFError/signatureDoesNotVerify``; `damaged` for a token that stamps something else or whose own signature is wrong.
    public func completed(with value: [UInt8], timeStamp: TimeStampToken? = nil) throws(PDFError) -> [UInt8] {
        let value = try self.stamped(value)
        if let timeStamp, !timeStamp.problems(over: [value[...]]).isEmpty {
            throw .damaged("time stamp of something else")
        }
        return try CMSWriter.signedData(
            signedAttributes: self.signedAttributes, certificate: self.certificate, chain: self.chain,
            scheme: self.algorithm.scheme, signature: value, timeStamp: timeStamp?.der)
    }
}
