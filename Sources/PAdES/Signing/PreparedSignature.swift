/// A signature whose bytes are fixed and whose value is still to come: from a soft key, a token or a remote service.
///
/// It is a value: it may be stored (`Codable`) and completed after a restart, any number of times with the same result.
public struct PreparedSignature: Sendable, Hashable, Codable {
    /// What is appended to the file; the signature's space is still zero.
    public internal(set) var appended: [UInt8]
    /// The size of the file that was prepared.
    public internal(set) var baseLength: Int
    /// `/ByteRange`: offset, length, offset, length.
    public internal(set) var byteRange: [Int]
    /// The full name of the signature field.
    public internal(set) var fieldName: String
    /// SHA-256, -384 or -512 of the byte range, as in the message-digest attribute.
    public internal(set) var messageDigest: [UInt8]
    /// The DER of the signed attributes with the tag of SET (0x31): the data that the key signs.
    public internal(set) var signedAttributes: [UInt8]
    /// The hash of `signedAttributes`: what a token or a remote service is given.
    public internal(set) var digest: [UInt8]
    public internal(set) var algorithm: SignatureAlgorithm
    public internal(set) var certificate: [UInt8]
    public internal(set) var chain: [[UInt8]]
}
