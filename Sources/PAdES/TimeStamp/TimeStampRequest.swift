import COpenSSL
import SwiftASN1

/// A question to a time stamp authority (RFC 3161, 2.4.1). Carrying it there (`application/timestamp-query`) and the answer back is
/// the caller's part.
public struct TimeStampRequest: Sendable, Hashable, Codable {
    /// SHA-256, -384 or -512 of what is to be stamped.
    public let imprint: [UInt8]
    /// A positive number that no other question has, big endian: an old answer can't be played again.
    public let nonce: [UInt8]

    let algorithm: Digest.Algorithm

    private enum CodingKeys: String, CodingKey { case imprint, nonce }

    /// - Parameter imprint: a hash of 32, 48 or 64 bytes, whose length says which SHA-2 it is.
    /// - Throws: `unsupported` for an imprint of another length.
    public init(imprint: [UInt8]) throws(PDFError) {
        var generator = SystemRandomNumberGenerator()
        try self.init(imprint: imprint, random: generator.next())
    }

    init(imprint: [UInt8], random: UInt64) throws(PDFError) {
        // Neither zero nor with the sign's bit: the shortest DER of a positive number has these eight bytes.
        let number = random >> 1 | 1 << 62
        try self.init(imprint: imprint, nonce: stride(from: 56, through: 0, by: -8).map { UInt8(number >> $0 & 0xFF) })
    }

    private init(imprint: [UInt8], nonce: [UInt8]) throws(PDFError) {
        switch imprint.count {
        case 32: self.algorithm = .sha256
        case 48: self.algorithm = .sha384
        case 64: self.algorithm = .sha512
        default: throw .unsupported("hash for a time stamp")
        }
        self.imprint = imprint
        self.nonce = nonce
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            imprint: try values.decode([UInt8].self, forKey: .imprint),
            nonce: try values.decode([UInt8].self, forKey: .nonce))
    }

    /// The DER of TimeStampReq. It asks for the authority's certificate, without which nobody could check the token later.
    public var der: [UInt8] {
        get throws(PDFError) { try self.der(policy: nil) }
    }

    /// As `der`, for a token under a policy (an object identifier in dots; nil: as the authority likes).
    /// - Throws: `unsupported` for what is no object identifier.
    public func der(policy: String?) throws(PDFError) -> [UInt8] {
        let identifier: ASN1ObjectIdentifier?
        do {
            identifier = try policy.map { try ASN1ObjectIdentifier(dotRepresentation: $0) }
        } catch {
            throw .unsupported("policy of time stamps")
        }
        var serializer = DER.Serializer()
        do {
            try serializer.appendConstructedNode(identifier: .sequence) { request in
                try request.serialize(1)
                try request.appendConstructedNode(identifier: .sequence) { imprint in
                    try imprint.appendConstructedNode(identifier: .sequence) { algorithm in
                        try algorithm.serialize(self.algorithm.identifier)
                        algorithm.appendPrimitiveNode(identifier: .null) { _ in }
                    }
                    try imprint.serialize(ASN1OctetString(contentBytes: self.imprint[...]))
                }
                if let identifier { try request.serialize(identifier) }
                request.appendPrimitiveNode(identifier: .integer) { $0 += self.nonce }
                try request.serialize(true)
            }
        } catch {
            throw .cryptography("DER")
        }
        return serializer.serializedBytes
    }

    /// The token in an answer (TimeStampResp, `application/timestamp-reply`), after checking that it answers this very question.
    ///
    /// Status, imprint, nonce, the authority's signature and that its certificate is for time stamps. Not whether the authority is
    /// trusted, nor revocation.
    /// - Throws: `timeStampRefused` when the authority gave none, `timeStampUnusable` for an answer that is not ours or doesn't hold.
    public func token(in response: [UInt8]) throws(PDFError) -> TimeStampToken {
        guard let parts = try? DER.parse(response).constructed(.sequence), (1...2).contains(parts.count),
            let status = (try? parts[0].constructed(.sequence))?.first, let number = try? Int(derEncoded: status)
        else { throw .timeStampUnusable("not an answer of RFC 3161") }
        // 0 granted, 1 granted with modifications.
        guard number == 0 || number == 1 else { throw .timeStampRefused(status: number) }
        guard parts.count == 2 else { throw .timeStampUnusable("answer without a token") }
        let token = try self.checked(Array(parts[1].encodedBytes))
        return token
    }

    private func checked(_ der: [UInt8]) throws(PDFError) -> TimeStampToken {
        let token: TimeStampToken
        do {
            token = try TimeStampToken(der)
        } catch {
            throw .timeStampUnusable("not a time stamp token")
        }
        guard token.stamps({ $0 == self.algorithm ? self.imprint : nil }) else {
            throw .timeStampUnusable("stamps something else")
        }
        guard Self.nonce(of: token) == self.nonce else { throw .timeStampUnusable("answers another question") }
        guard token.problems.isEmpty, !token.isWeak else { throw .timeStampUnusable("signature doesn't hold") }
        guard let der = token.authority, let authority = try? Certificate(der), authority.isForTimeStamps else {
            throw .timeStampUnusable("certificate is not for time stamps")
        }
        return token
    }

    /// The nonce of TSTInfo: the only plain INTEGER behind genTime.
    private static func nonce(of token: TimeStampToken) -> [UInt8]? {
        guard let content = try? CMSSignedData(token.der).content,
            let fields = try? DER.parse(content).constructed(.sequence), fields.count > 5,
            let node = fields[5...].first(where: { $0.identifier == .integer }),
            case .primitive(let bytes) = node.content
        else { return nil }
        return Array(bytes)
    }
}

extension Certificate {
    /// extendedKeyUsage critical with id-kp-timeStamping alone (RFC 3161, 2.3).
    var isForTimeStamps: Bool {
        defer { ERR_clear_error() }
        return X509_check_purpose(self.handle, X509_PURPOSE_TIMESTAMP_SIGN, 0) == 1
    }
}
