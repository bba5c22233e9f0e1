import PAdES

/// An XML signature whose SignedInfo is fixed and whose value is still to come: from a soft key, a token or a remote service.
///
/// It is a value: it may be stored (`Codable`) and completed after a restart, any number of times with the same result.
public struct PreparedXMLSignature: Sendable, Hashable, Codable {
    /// The document with its signature, the value still empty.
    public let document: [UInt8]
    /// `Id` of the signature.
    public let identifier: String
    /// SignedInfo in canonical form: the data that the key signs.
    public let signedInfo: [UInt8]
    /// The hash of `signedInfo`: what a token or a remote service is given.
    public let digest: [UInt8]
    public let algorithm: SignatureAlgorithm
    public let certificate: [UInt8]
    /// Where the value goes, and where unsigned properties go; the latter is behind, and there in XAdES only.
    let valueOffset: Int
    let propertiesOffset: Int?

    /// What a time-stamp authority is to stamp for level B-T: the element of the signature value, canonical.
    /// - Throws: ``XAdESError/signatureDoesNotVerify`` when the certificate's key did not make the value.
    public func stamped(_ value: [UInt8]) throws(XAdESError) -> [UInt8] {
        let document = try XMLDocument(try self.completed(with: value), limits: .standard)
        guard let signature = document.identified[self.identifier]?.first,
            let method = signature.children("SignedInfo", in: Namespace.signature).first?.children.first,
            let element = signature.children("SignatureValue", in: Namespace.signature).first
        else { throw .baseChanged }
        return try document.canonical(.element(element), by: method, hasComments: true)
    }

    /// The signed document.
    ///
    /// ECDSA values may come as DER or as r ‖ s; XML has the latter.
    /// - Parameter timeStamp: a token over `stamped(value)`: makes a XAdES signature one of level B-T.
    /// - Throws: ``XAdESError/signatureDoesNotVerify``; ``XAdESError/timeStampUnusable``.
    public func completed(with value: [UInt8], timeStamp: TimeStampToken? = nil) throws(XAdESError) -> [UInt8] {
        guard self.valueOffset >= 0, self.valueOffset <= self.document.count,
            self.propertiesOffset.map({ $0 >= self.valueOffset && $0 <= self.document.count }) ?? true
        else { throw .baseChanged }
        let written = Array(StrictBase64.encode(try self.written(value)).utf8)
        var result = self.document
        if let timeStamp {
            guard let offset = self.propertiesOffset, timeStamp.problems(over: [try self.stamped(value)[...]]).isEmpty
            else { throw .timeStampUnusable }
            let properties = SignatureText.unsignedProperties(identifier: self.identifier, token: timeStamp.der)
            result.insert(contentsOf: Array(properties.utf8), at: offset)
        }
        result.insert(contentsOf: written, at: self.valueOffset)
        return result
    }

    /// The value as XML has it, after the certificate's key was tried on it.
    private func written(_ value: [UInt8]) throws(XAdESError) -> [UInt8] {
        guard let certificate = try? Certificate(self.certificate) else {
            throw .certificateUnsuitable("not a certificate")
        }
        let scheme = self.algorithm.scheme
        guard let length = certificate.coordinateLength else {
            guard certificate.verifies(value, over: self.signedInfo, scheme: scheme) else {
                throw .signatureDoesNotVerify
            }
            return value
        }
        let candidates = [value.count == 2 * length ? PairedValue.der(value) : nil, value].compactMap { $0 }
        guard let der = candidates.first(where: { certificate.verifies($0, over: self.signedInfo, scheme: scheme) }),
            let raw = PairedValue.raw(der, length: length)
        else { throw .signatureDoesNotVerify }
        return raw
    }
}
