import SwiftASN1

/// The parts of a certificate that a signature quotes, as the very bytes the certificate has.
struct CertificateFields {
    /// DER of the issuer's Name.
    let issuer: ArraySlice<UInt8>
    /// DER of the serial number (INTEGER).
    let serial: ArraySlice<UInt8>

    init(_ certificate: [UInt8]) throws(PDFError) {
        do {
            let root = try DER.parse(certificate)
            let body = try Self.children(root).first
            var fields = try Self.children(body)
            // [0] version is left out of certificates of version 1.
            if fields.first?.identifier == .contextSpecific(0) { fields.removeFirst() }
            guard fields.count >= 6, fields[0].identifier == .integer, fields[2].identifier == .sequence else {
                throw PDFError.certificateUnsuitable("not a certificate")
            }
            self.serial = fields[0].encodedBytes
            self.issuer = fields[2].encodedBytes
        } catch {
            throw .certificateUnsuitable("not a certificate")
        }
    }

    private static func children(_ node: ASN1Node?) throws -> [ASN1Node] {
        guard let node, case .constructed(let children) = node.content else {
            throw PDFError.certificateUnsuitable("not a certificate")
        }
        return Array(children)
    }
}
