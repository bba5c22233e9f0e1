extension PreparedSignature {
    /// What a time stamp authority is to be asked for level B-T: to stamp the signature value, which is checked with the certificate
    /// first.
    /// - Throws: `signatureDoesNotVerify`, `certificateUnsuitable`.
    public func timeStampRequest(for value: [UInt8]) throws(PDFError) -> TimeStampRequest {
        try TimeStampRequest(imprint: Digest.hash(self.algorithm.scheme.digest, try self.verified(value)))
    }

    /// Puts a signature value into the reserved space, after checking it with the certificate.
    ///
    /// ECDSA values may come as DER or as r ‖ s, as remote services give them.
    /// - Parameter timeStamp: the answer to `timeStampRequest(for: value)`: makes the signature one of level B-T.
    /// - Returns: the bytes to append to the prepared file.
    /// - Throws: `signatureDoesNotVerify`, `signatureTooLarge`, `certificateUnsuitable`, `timeStampUnusable`.
    public func completing(with value: [UInt8], timeStamp: TimeStampToken? = nil) throws(PDFError) -> [UInt8] {
        guard let space = self.space else { throw .baseChanged }
        let signature = try self.verified(value)
        if let timeStamp, !timeStamp.stamps({ try? Digest.hash($0, signature) }) {
            throw .timeStampUnusable("stamps something else")
        }
        let signedData = try CMSWriter.signedData(
            signedAttributes: self.signedAttributes, certificate: self.certificate, chain: self.chain,
            scheme: self.algorithm.scheme, signature: signature, timeStamp: timeStamp?.der)
        return try space.filled(with: signedData)
    }

    /// As `completing`, after checking that `pdf` is the file that was prepared. Nothing of it is copied.
    /// - Throws: also `baseChanged` when it is another.
    public func completing(
        over pdf: [UInt8], with value: [UInt8], timeStamp: TimeStampToken? = nil
    ) throws(PDFError) -> [UInt8] {
        let reading = try self.reading()
        reading.take(pdf[...])
        return try self.completing(after: reading, with: value, timeStamp: timeStamp)
    }

    /// For a file that is not to be held in memory: feed it with the prepared file, piece by piece.
    public func reading() throws(PDFError) -> BaseReading { try BaseReading(self.algorithm.scheme.digest) }

    /// As `completing(over:)`, of a file that was read in pieces.
    public func completing(
        after base: BaseReading, with value: [UInt8], timeStamp: TimeStampToken? = nil
    ) throws(PDFError) -> [UInt8] {
        guard let space = self.space, try space.hash(after: base) == self.messageDigest else { throw .baseChanged }
        return try self.completing(with: value, timeStamp: timeStamp)
    }

    /// As `completing(over:with:)`, and returns the whole signed file.
    public func completed(
        over pdf: [UInt8], with value: [UInt8], timeStamp: TimeStampToken? = nil
    ) throws(PDFError) -> [UInt8] {
        pdf + (try self.completing(over: pdf, with: value, timeStamp: timeStamp))
    }

    /// `nil` when the stored state was damaged.
    private var space: SignatureSpace? {
        SignatureSpace(appended: self.appended, baseLength: self.baseLength, byteRange: self.byteRange)
    }

    /// The value in the form that goes into the SignedData.
    private func verified(_ value: [UInt8]) throws(PDFError) -> [UInt8] {
        let certificate = try Certificate(self.certificate)
        var candidates = [value]
        if let length = certificate.coordinateLength, value.count == 2 * length {
            candidates.append(Self.derSignature(r: value.prefix(length), s: value.suffix(length)))
        }
        let verified = candidates.first {
            certificate.verifies($0, over: self.signedAttributes, scheme: self.algorithm.scheme)
        }
        guard let verified else { throw .signatureDoesNotVerify }
        return verified
    }

    /// ECDSA-Sig-Value of RFC 3279.
    private static func derSignature(r: ArraySlice<UInt8>, s: ArraySlice<UInt8>) -> [UInt8] {
        func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            var value = Array(bytes.drop { $0 == 0 })
            if value.isEmpty || value[0] >= 0x80 { value.insert(0, at: 0) }
            return [0x02, UInt8(value.count)] + value
        }
        let body = integer(r) + integer(s)
        return (body.count < 128 ? [0x30, UInt8(body.count)] : [0x30, 0x81, UInt8(body.count)]) + body
    }
}
