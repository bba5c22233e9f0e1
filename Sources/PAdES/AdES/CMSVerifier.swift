import SwiftASN1

/// Verifies CMS messages (RFC 5652) and CAdES signatures: detached ones over a file at hand, or those that carry their content.
public struct CMSVerifier: Sendable {
    /// Certificates (DER) that a path may end at.
    public var roots: [[UInt8]]
    /// Issuers (DER) that may lie on a path, and signers' certificates, besides those in the message.
    public var intermediates: [[UInt8]]
    /// The time at which certificates must be valid where no time stamp proves one; `nil` is now.
    public var time: SigningTime?
    /// Bytes of a message, its attached content included.
    public var maximumBytes = 48 << 20
    /// Values of a message, of whatever size: each costs some hundred bytes of memory.
    public var maximumValues = 200_000
    public var maximumSigners = 50

    public init(roots: [[UInt8]], intermediates: [[UInt8]] = [], time: SigningTime? = nil) {
        self.roots = roots
        self.intermediates = intermediates
        self.time = time
    }

    /// - Parameters:
    ///   - bytes: DER, BER or PEM.
    ///   - content: what a detached signature is about. A message that carries its content is judged by that alone.
    public func verify(_ bytes: [UInt8], content: DetachedContent? = nil) -> AdESReport {
        guard bytes.count <= self.maximumBytes else { return AdESReport(.cms, .refused, "too_large") }
        guard let message = Self.binary(bytes) else { return AdESReport(.cms, .error, "malformed_cms") }
        guard BERValues.isWithin(self.maximumValues, message) else { return AdESReport(.cms, .refused, "too_complex") }
        guard let cms = Self.unpadded(message).flatMap({ try? CMSSignedData($0) }) else {
            return AdESReport(.cms, .error, "malformed_cms")
        }
        guard cms.signers.count <= self.maximumSigners else { return AdESReport(.cms, .refused, "too_many_signatures") }
        let signed = SignedContent(cms.content.map { DetachedContent($0) } ?? content, isAttached: cms.hasContent)
        var reports: [AdESSignatureReport] = []
        for (index, signer) in cms.signers.enumerated() {
            var check = CMSSignerCheck(signer, of: cms, self, signed)
            check.run(contentType: cms.contentType)
            let report = check.report(name: "\(index + 1)")
            reports.append(report)
            reports += check.counterSignatures(name: report.name)
        }
        return AdESReport(.cms, reports)
    }

    /// Whether bytes begin as a CMS message does (a ContentInfo with SignedData, binary or PEM).
    public static func recognises(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: Array("-----BEGIN PKCS7-----".utf8))
            || bytes.starts(with: Array("-----BEGIN CMS-----".utf8))
        {
            return true
        }
        // pkcs7-signedData right behind the header of a SEQUENCE, whose length takes one to nine octets.
        let name: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
        guard bytes.first == 0x30, bytes.count > 2 else { return false }
        let header = bytes[1] > 0x80 ? 2 + Int(bytes[1] & 0x7F) : 2
        return bytes.dropFirst(header).starts(with: name)
    }

    /// Without the zeros that a message cut out of a wider space has behind it.
    private static func unpadded(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.last == 0, bytes.count > 2 else { return bytes }
        if bytes[1] == 0x80 {
            guard let (der, length) = DERForm.normalised(bytes[...]), bytes[length...].allSatisfy({ $0 == 0 }) else {
                return nil
            }
            return der
        }
        let count = bytes[1] > 0x80 ? Int(bytes[1] & 0x7F) : 0
        guard count <= 7, bytes.count > 2 + count else { return nil }
        let length = count == 0 ? Int(bytes[1]) : bytes[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
        let end = 2 + count + length
        guard end <= bytes.count, bytes[end...].allSatisfy({ $0 == 0 }) else { return nil }
        return Array(bytes[..<end])
    }

    private static func binary(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.first == 0x2D else { return bytes }
        guard let document = try? PEMDocument(pemString: String(decoding: bytes, as: UTF8.self)),
            ["PKCS7", "CMS"].contains(document.discriminator)
        else { return nil }
        return document.derBytes
    }
}

/// Counts the values of a BER message without keeping any of them.
enum BERValues {
    static func isWithin(_ limit: Int, _ bytes: [UInt8]) -> Bool {
        // Zeros at the end are padding and no values.
        let end = bytes.count - bytes.reversed().prefix { $0 == 0 }.count
        var (position, count) = (0, 0)
        while position + 1 < end {
            count += 1
            guard count <= limit else { return false }
            let isConstructed = bytes[position] & 0x20 != 0
            if bytes[position] & 0x1F == 0x1F {
                position += 1
                while position < bytes.count, bytes[position] >= 0x80 { position += 1 }
            }
            position += 1
            guard position < bytes.count else { return true }
            let form = Int(bytes[position])
            position += 1
            var length = form
            if form > 0x80 {
                // What is cut off or too long is for the parser to refuse.
                guard form <= 0x87, position + form & 0x7F <= bytes.count else { return true }
                length = bytes[position..<(position + form & 0x7F)].reduce(0) { $0 << 8 | Int($1) }
                position += form & 0x7F
            }
            if !isConstructed { position += min(length, bytes.count) }
        }
        return true
    }
}

/// The data that the signers of one message signed, and its hashes, each made once.
final class SignedContent {
    let isAttached: Bool
    private let content: DetachedContent?
    private var digests: [Digest.Algorithm: [UInt8]] = [:]

    init(_ content: DetachedContent?, isAttached: Bool) {
        self.content = content
        self.isAttached = isAttached
    }

    var isAtHand: Bool { self.content != nil }

    /// `nil` when the content is not at hand or can't be read.
    func digest(_ algorithm: Digest.Algorithm) -> [UInt8]? {
        if let digest = self.digests[algorithm] { return digest }
        let digest = try? self.content?.digest(algorithm)
        self.digests[algorithm] = digest
        return digest
    }

    /// The content itself, as long as it is not bigger than `limit`.
    func bytes(limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        do {
            try self.content?.read { piece in
                guard bytes.count + piece.count <= limit else { throw CMSSignedData.Malformed() }
                bytes += piece
            }
        } catch {
            return nil
        }
        return self.isAtHand ? bytes : nil
    }
}
