import PAdES

/// Writes a ds:Signature, without a character that is not needed: white space in it would be signed.
struct SignatureText {
    let identifier: String
    let request: XMLSigningRequest
    let scheme: SignatureScheme
    /// SHA-256 of the signer's certificate.
    let certificateDigest: [UInt8]

    struct Written {
        var bytes: [UInt8]
        var valueOffset: Int
        var propertiesOffset: Int?
    }

    /// - Parameter digests: of the references in their order; empty before they are known.
    func written(digests: [[UInt8]]) -> Written {
        func digest(_ index: Int) -> String { index < digests.count ? StrictBase64.encode(digests[index]) : "" }
        let method = "<ds:DigestMethod Algorithm=\"\(AlgorithmName.name(of: self.scheme.digest))\"/>"
        func reference(_ attributes: String, _ transforms: [String], _ index: Int) -> String {
            let list = transforms.map { "<ds:Transform Algorithm=\"\($0)\"/>" }.joined()
            return "<ds:Reference \(attributes)>" + (list.isEmpty ? "" : "<ds:Transforms>\(list)</ds:Transforms>")
                + method
                + "<ds:DigestValue>\(digest(index))</ds:DigestValue></ds:Reference>"
        }
        let exclusive = AlgorithmName.exclusive
        var bytes: [UInt8] = []
        func write(_ text: String) { bytes += text.utf8 }
        write("<ds:Signature xmlns:ds=\"\(Namespace.signature)\" Id=\"\(self.identifier)\"><ds:SignedInfo>")
        write("<ds:CanonicalizationMethod Algorithm=\"\(exclusive)\"/>")
        write("<ds:SignatureMethod Algorithm=\"\(AlgorithmName.name(of: self.scheme))\"/>")
        let name = "Id=\"\(self.identifier)-data\""
        switch self.request.subject {
        case .document: write(reference(name + " URI=\"\"", [AlgorithmName.enveloped, exclusive], 0))
        case .enclosed:
            write(
                reference(
                    name + " Type=\"\(ReferenceType.object)\" URI=\"#\(self.identifier)-object\"", [exclusive], 0))
        case .file(_, let file, _): write(reference(name + " URI=\"\(Self.escaped(Self.percent(file)))\"", [], 0))
        }
        if self.request.form == .xades {
            let type = "Type=\"\(ReferenceType.signedProperties)\" URI=\"#\(self.identifier)-properties\""
            write(reference(type, [exclusive], 1))
        }
        write("</ds:SignedInfo><ds:SignatureValue>")
        let valueOffset = bytes.count
        write("</ds:SignatureValue><ds:KeyInfo><ds:X509Data>")
        for der in [self.request.certificate] + self.request.chain {
            write("<ds:X509Certificate>\(StrictBase64.encode(der))</ds:X509Certificate>")
        }
        write("</ds:X509Data></ds:KeyInfo>")
        var propertiesOffset: Int?
        if self.request.form == .xades {
            write("<ds:Object><xades:QualifyingProperties xmlns:xades=\"\(Namespace.properties)\"")
            write(" Target=\"#\(self.identifier)\">\(self.signedProperties)")
            propertiesOffset = bytes.count
            write("</xades:QualifyingProperties></ds:Object>")
        }
        if case .enclosed(let content, let type) = self.request.subject {
            write("<ds:Object Id=\"\(self.identifier)-object\" MimeType=\"\(Self.escaped(type))\"")
            write(" Encoding=\"\(AlgorithmName.base64)\">")
            write(StrictBase64.encode(content))
            write("</ds:Object>")
        }
        write("</ds:Signature>")
        return Written(bytes: bytes, valueOffset: valueOffset, propertiesOffset: propertiesOffset)
    }

    private var signedProperties: String {
        let type: String =
            switch self.request.subject {
            case .document: "text/xml"
            case .enclosed(_, let type), .file(_, _, let type): type
            }
        return "<xades:SignedProperties Id=\"\(self.identifier)-properties\"><xades:SignedSignatureProperties>"
            + "<xades:SigningTime>\(self.request.time.xmlText)</xades:SigningTime>"
            + "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
            + "<ds:DigestMethod Algorithm=\"\(AlgorithmName.name(of: .sha256))\"/>"
            + "<ds:DigestValue>\(StrictBase64.encode(self.certificateDigest))</ds:DigestValue>"
            + "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>"
            + "<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference=\"#\(self.identifier)-data\">"
            + "<xades:MimeType>\(Self.escaped(type))</xades:MimeType></xades:DataObjectFormat>"
            + "</xades:SignedDataObjectProperties></xades:SignedProperties>"
    }

    static func unsignedProperties(identifier: String, token: [UInt8]) -> String {
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
            + "<xades:SignatureTimeStamp Id=\"\(identifier)-stamp\">"
            + "<ds:CanonicalizationMethod Algorithm=\"\(AlgorithmName.exclusive)\"/>"
            + "<xades:EncapsulatedTimeStamp>\(StrictBase64.encode(token))</xades:EncapsulatedTimeStamp>"
            + "</xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }

    /// A file's name as a relative URI (RFC 3986): all but unreserved characters with percent signs.
    private static func percent(_ name: String) -> String {
        name.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Self.hex([byte]).uppercased()
        }.joined()
    }
}
