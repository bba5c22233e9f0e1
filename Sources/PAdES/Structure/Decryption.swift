import COpenSSL

/// Reads documents that are encrypted with an empty user password, as everybody's reader does (ISO 32000-2, 7.6): RC4 with 40
/// to 128 bits, AES with 128 and 256.
struct Decryption {
    enum Method { case none, rc4, aes }

    private let key: [UInt8]
    /// AES-256 uses the file's key as it is; the older methods derive one for each object.
    private let isPerObject: Bool
    let streams: Method
    let strings: Method
    /// - Parameters:
    ///   - dictionary: `/Encrypt`, resolved, its strings as written.
    ///   - identifier: the first part of the trailer's `/ID`.
    /// - Throws: `encrypted` when a password is needed or the method is another one.
    init(_ dictionary: PDFDictionary, identifier: [UInt8]) throws(PDFError) {
        let version = dictionary["V"]?.integer ?? 0
        guard let revision = dictionary["R"]?.integer, let owner = dictionary["O"]?.string,
            let user = dictionary["U"]?.string, let permissions = Self.grants(dictionary)?.bits
        else { throw .encrypted }
        switch version {
        case 1, 2:
            (self.streams, self.strings) = (.rc4, .rc4)
        case 4, 5:
            self.streams = try Self.method(dictionary["StmF"], in: dictionary)
            self.strings = try Self.method(dictionary["StrF"], in: dictionary)
        default: throw .encrypted
        }
        self.isPerObject = version < 5
        if version == 5 {
            self.key = try PasswordKey.aes256(revision: revision, user: user, userKey: dictionary["UE"]?.string ?? [])
        } else {
            let bits = version == 1 ? 40 : dictionary["Length"]?.integer ?? (version == 4 ? 128 : 40)
            guard (40...128).contains(bits), (2...4).contains(revision) else { throw .encrypted }
            self.key = try PasswordKey.derived(
                length: bits / 8, revision: revision, owner: owner, user: user, permissions: permissions,
                identifier: identifier, isMetadataPlain: dictionary["EncryptMetadata"] == .boolean(false))
        }
    }

    /// What a password of the file would permit; `nil` where it takes something else than a password (public-key security) or a
    /// way of enciphering that no standard describes.
    static func grants(_ dictionary: PDFDictionary) -> EncryptionGrants? {
        guard dictionary["Filter"] == .name("Standard"), [1, 2, 4, 5].contains(dictionary["V"]?.integer ?? 0) else {
            return nil
        }
        return dictionary["P"]?.integer.map { EncryptionGrants(bits: $0) }
    }

    private static func method(_ name: PDFValue?, in dictionary: PDFDictionary) throws(PDFError) -> Method {
        guard let name = name?.name, name != "Identity" else { return .none }
        let filter = dictionary["CF"]?.dictionary?[name]?.dictionary
        switch filter?["CFM"]?.name {
        case "V2": return .rc4
        case "AESV2", "AESV3": return .aes
        case "None": return .none
        default: throw .encrypted
        }
    }

    func stream(_ data: ArraySlice<UInt8>, of object: PDFReference) throws(PDFError) -> [UInt8] {
        try self.decrypted(data, self.streams, object)
    }

    /// A value with every string in it decrypted, but `/Contents` of a signature dictionary, which never is encrypted
    /// (12.8.1).
    func value(_ value: PDFValue, of object: PDFReference) throws(PDFError) -> PDFValue {
        switch value {
        case .string(let bytes): return .string(try self.decrypted(bytes[...], self.strings, object))
        case .array(let items):
            var result: [PDFValue] = []
            for item in items { result.append(try self.value(item, of: object)) }
            return .array(result)
        case .dictionary(var dictionary):
            let isSignature = dictionary["ByteRange"] != nil
            for key in dictionary.keys where !(isSignature && key == "Contents") {
                if let item = dictionary[key] { dictionary[key] = try self.value(item, of: object) }
            }
            return .dictionary(dictionary)
        default: return value
        }
    }

    private func decrypted(
        _ data: ArraySlice<UInt8>, _ method: Method, _ object: PDFReference
    ) throws(PDFError) -> [UInt8] {
        guard method != .none else { return Array(data) }
        let key = try self.key(method, object)
        return method == .rc4 ? RC4.apply(key, data) : try AES.decrypted(data, key: key)
    }

    /// The key for one object (algorithm 1).
    func key(_ method: Method, _ object: PDFReference) throws(PDFError) -> [UInt8] {
        guard self.isPerObject else { return self.key }
        var key = self.key
        let (number, generation) = (object.number, object.generation)
        for part in [number, number >> 8, number >> 16, generation, generation >> 8] {
            key.append(UInt8(truncatingIfNeeded: part))
        }
        if method == .aes { key += Array("sAlT".utf8) }
        return Array(try Digest.hash(.md5, key).prefix(min(self.key.count + 5, 16)))
    }
}

/// The file's key from the empty user password (7.6.4).
private enum PasswordKey {
    private static let padding: [UInt8] = [
        0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08,
        0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
    ]

    /// Algorithms 2 and 6.
    static func derived(
        length: Int, revision: Int, owner: [UInt8], user: [UInt8], permissions: Int, identifier: [UInt8],
        isMetadataPlain: Bool
    ) throws(PDFError) -> [UInt8] {
        var seed = self.padding + owner.prefix(32)
        for shift in [0, 8, 16, 24] { seed.append(UInt8(truncatingIfNeeded: permissions >> shift)) }
        seed += identifier
        if revision >= 4, isMetadataPlain { seed += [0xFF, 0xFF, 0xFF, 0xFF] }
        var key = Array(try Digest.hash(.md5, seed).prefix(revision == 2 ? 5 : length))
        if revision >= 3 {
            for _ in 0..<50 { key = Array(try Digest.hash(.md5, key).prefix(length)) }
        }
        var expected: [UInt8]
        if revision == 2 {
            expected = RC4.apply(key, self.padding[...])
        } else {
            expected = try Digest.hash(.md5, self.padding + identifier)
            for round in 0..<20 { expected = RC4.apply(key.map { $0 ^ UInt8(round) }, expected[...]) }
        }
        guard user.starts(with: expected) else { throw .encrypted }
        return key
    }

    /// Algorithm 2.A. Revision 5 hashes once, 6 many times (2.B).
    static func aes256(revision: Int, user: [UInt8], userKey: [UInt8]) throws(PDFError) -> [UInt8] {
        guard user.count >= 48, userKey.count >= 32, revision == 5 || revision == 6 else { throw .encrypted }
        func hash(_ salt: ArraySlice<UInt8>) throws(PDFError) -> [UInt8] {
            revision == 5 ? try Digest.hash(.sha256, [salt]) : try self.hardened(salt)
        }
        guard try hash(user[32..<40]).elementsEqual(user[..<32]) else { throw .encrypted }
        return try AES.cbc(
            userKey[..<32], key: try hash(user[40..<48]), vector: [UInt8](repeating: 0, count: 16), encrypts: false)
    }

    private static func hardened(_ salt: ArraySlice<UInt8>) throws(PDFError) -> [UInt8] {
        var key = try Digest.hash(.sha256, [salt])
        var round = 0
        while true {
            let repeated = Array(repeatElement(key, count: 64).joined())
            let mixed = try AES.cbc(repeated[...], key: Array(key[..<16]), vector: Array(key[16..<32]), encrypts: true)
            let remainder = mixed[..<16].reduce(0) { $0 + Int($1) } % 3
            key = try Digest.hash([.sha256, .sha384, .sha512][remainder], mixed)
            round += 1
            if round >= 64, Int(mixed.last ?? 0) <= round - 32 { return Array(key[..<32]) }
        }
    }
}

/// OpenSSL 3 has RC4 only in its legacy provider, which may be absent.
enum RC4 {
    static func apply(_ key: [UInt8], _ data: ArraySlice<UInt8>) -> [UInt8] {
        guard !key.isEmpty else { return Array(data) }
        var state = (0...255).map { UInt8($0) }
        var j = 0
        for i in 0..<256 {
            j = (j + Int(state[i]) + Int(key[i % key.count])) & 255
            state.swapAt(i, j)
        }
        var (i, k) = (0, 0)
        return data.map { byte in
            i = (i + 1) & 255
            k = (k + Int(state[i])) & 255
            state.swapAt(i, k)
            return byte ^ state[(Int(state[i]) + Int(state[k])) & 255]
        }
    }
}

enum AES {
    /// The vector comes first, PKCS #7 padding last.
    static func decrypted(_ data: ArraySlice<UInt8>, key: [UInt8]) throws(PDFError) -> [UInt8] {
        guard data.count >= 32, data.count % 16 == 0 else { return [] }
        let vector = Array(data.prefix(16))
        var plain = try self.cbc(data.dropFirst(16), key: key, vector: vector, encrypts: false)
        if let last = plain.last, (1...16).contains(last) { plain.removeLast(Int(last)) }
        return plain
    }

    /// Whole blocks, without padding.
    static func cbc(
        _ data: ArraySlice<UInt8>, key: [UInt8], vector: [UInt8], encrypts: Bool
    ) throws(PDFError) -> [UInt8] {
        guard let context = EVP_CIPHER_CTX_new() else { throw .cryptography("EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(context) }
        guard key.count == 16 || key.count == 32, data.count < 1 << 30 else { throw .encrypted }
        let cipher = key.count == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc()
        var output = [UInt8](repeating: 0, count: data.count + 16)
        var count: Int32 = 0
        let isDone =
            EVP_CipherInit_ex(context, cipher, nil, key, vector, encrypts ? 1 : 0) == 1
            && EVP_CIPHER_CTX_set_padding(context, 0) == 1
            && EVP_CipherUpdate(context, &output, &count, Array(data), Int32(data.count)) == 1
        guard isDone else { throw .cryptography("EVP_CipherUpdate") }
        return Array(output.prefix(Int(count)))
    }
}
