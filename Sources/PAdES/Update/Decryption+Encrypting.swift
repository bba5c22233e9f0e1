/// What is appended to an encrypted file must be encrypted as the rest of it is (ISO 32000-2, 7.6.2).
extension Decryption {
    func encryptedStream(_ data: [UInt8], of object: PDFReference) throws(PDFError) -> [UInt8] {
        try self.encrypted(data, self.streams, object)
    }

    /// The value with every string in it encrypted.
    func encrypted(_ value: PDFValue, of object: PDFReference) throws(PDFError) -> PDFValue {
        switch value {
        case .string(let bytes): return .string(try self.encrypted(bytes, self.strings, object))
        case .array(let items):
            var result: [PDFValue] = []
            for item in items { result.append(try self.encrypted(item, of: object)) }
            return .array(result)
        case .dictionary(var dictionary):
            for key in dictionary.keys {
                if let item = dictionary[key] { dictionary[key] = try self.encrypted(item, of: object) }
            }
            return .dictionary(dictionary)
        default: return value
        }
    }

    private func encrypted(_ data: [UInt8], _ method: Method, _ object: PDFReference) throws(PDFError) -> [UInt8] {
        switch method {
        case .none: return data
        case .rc4: return RC4.apply(try self.key(method, object), data[...])
        case .aes:
            // A vector of its own for each, then whole blocks with the padding of PKCS #7.
            var generator = SystemRandomNumberGenerator()
            let vector = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let rest = 16 - data.count % 16
            let padded = data + [UInt8](repeating: UInt8(rest), count: rest)
            return vector
                + (try AES.cbc(padded[...], key: try self.key(method, object), vector: vector, encrypts: true))
        }
    }
}

/// `/P`, what whoever opens an encrypted file with the user's password may do (table 22).
struct EncryptionGrants {
    let bits: Int

    /// Bit 6: comment and fill in forms; bit 9: fill in forms and sign in fields that are there.
    var permitsFilling: Bool { self.bits & 1 << 5 != 0 || self.bits & 1 << 8 != 0 }
    /// Bits 4 and 6: change the document, and make form fields.
    var permitsFields: Bool { self.bits & 1 << 3 != 0 && self.bits & 1 << 5 != 0 }
}

extension PDFFile {
    /// - Throws: `changeForbidden` when the file is encrypted with permissions that exclude it for those who do not own it.
    func ensurePermission(toAddFields: Bool) throws(PDFError) {
        guard let grants else { return }
        guard toAddFields ? grants.permitsFields : grants.permitsFilling else {
            throw .changeForbidden("the file's encryption permits no such change")
        }
    }
}
