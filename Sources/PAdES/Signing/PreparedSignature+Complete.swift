extension PreparedSignature {
    /// Puts a signature value into the reserved space, after checking it with the certificate.
    ///
    /// ECDSA values may come as DER or as r ‖ s, as remote services give them.
    /// - Returns: the bytes to append to the prepared file.
    /// - Throws: `signatureDoesNotVerify`, `signatureTooLarge`, `certificateUnsuitable`.
    public func completing(with value: [UInt8]) throws(PDFError) -> [UInt8] {
        guard self.isConsistent else { throw .baseChanged }
        let certificate = try Certificate(self.certificate)
        let scheme = self.algorithm.scheme
        var candidates = [value]
        if let length = certificate.coordinateLength, value.count == 2 * length {
            candidates.append(Self.derSignature(r: value.prefix(length), s: value.suffix(length)))
        }
        let verified = candidates.first { certificate.verifies($0, over: self.signedAttributes, scheme: scheme) }
        guard let verified else { throw .signatureDoesNotVerify }
        let signedData = try CMSWriter.signedData(
            signedAttributes: self.signedAttributes, certificate: self.certificate, chain: self.chain, scheme: scheme,
            signature: verified)
        let start = self.byteRange[1] - self.baseLength + 1
        let end = self.byteRange[2] - self.baseLength - 1
        guard 2 * signedData.count <= end - start else { throw .signatureTooLarge }
        var digits: [UInt8] = []
        digits.writeHex(signedData)
        var result = self.appended
        result.replaceSubrange(start..<(start + digits.count), with: digits)
        return result
    }

    /// As `completing`, and returns the whole signed file.
    /// - Throws: also `baseChanged` when `pdf` is not the file that was prepared.
    public func completed(over pdf: [UInt8], with value: [UInt8]) throws(PDFError) -> [UInt8] {
        guard self.isConsistent, pdf.count == self.baseLength else { throw .baseChanged }
        let digest = try Digest(self.algorithm.scheme.digest)
        digest.update(pdf[...])
        digest.update(self.appended[..<(self.byteRange[1] - pdf.count)])
        digest.update(self.appended[(self.byteRange[2] - pdf.count)...])
        guard try digest.value() == self.messageDigest else { throw .baseChanged }
        return pdf + (try self.completing(with: value))
    }

    /// Whether the byte range fits the appended bytes: not so when the stored state was damaged.
    private var isConsistent: Bool {
        self.byteRange.count == 4 && self.byteRange.allSatisfy { (0...1 << 40).contains($0) } && self.byteRange[0] == 0
            && (0...1 << 40).contains(self.baseLength)
            && self.byteRange[1] >= self.baseLength && self.byteRange[2] - self.byteRange[1] >= 2
            && self.byteRange[3] >= 0 && self.byteRange[2] <= self.baseLength + self.appended.count
            && self.byteRange[2] + self.byteRange[3] == self.baseLength + self.appended.count
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
