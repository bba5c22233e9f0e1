extension ValidationEvidence {
    /// Puts the evidence into the document security store of a file, which makes its signatures level B-LT when the evidence covers
    /// every certificate of their paths and of their time stamps'.
    ///
    /// No earlier entry is removed, and what the file has already is not written again. No earlier signature forbids it.
    /// - Parameter signatures: what belongs to which signature, by the full name of its field; written as `/VRI`, beside the store's
    ///   own lists. May be empty.
    /// - Returns: the bytes to append to `pdf`; none when there is nothing new.
    /// - Throws: `fieldMissing` for a signature that is not there, and what `PDFInspection` throws of a broken file.
    public func appending(
        to pdf: [UInt8], signatures: [String: ValidationEvidence] = [:]
    ) throws(PDFError) -> [UInt8] {
        let file = try PDFFile(pdf, reading: .extending)
        try file.ensurePermission(toAddFields: false)
        var parts: [(contents: [UInt8], evidence: ValidationEvidence)] = []
        if !signatures.isEmpty {
            let signed = try file.signedFields(in: file.lastView)
            for name in signatures.keys.sorted() {
                guard let field = signed.first(where: { $0.field.name == name }),
                    let contents = field.dictionary["Contents"]?.string, let evidence = signatures[name]
                else { throw .fieldMissing(name) }
                parts.append((contents, evidence))
            }
        }
        return try SecurityStoreWriter.appending(self, signatures: parts, to: file)
    }
}

extension FormEditor {
    /// Says in the catalogue that a file of PDF 1.x uses what ETSI defined: `/Extensions /ESIC` (EN 319 142-1, 5.6). PDF 2.0 knows it.
    mutating func declareExtension() throws(PDFError) {
        let root = try self.file.catalog(in: self.view).reference
        var catalog = try self.dictionary(root)
        let header = String(decoding: self.file.bytes.dropFirst(5).prefix(3), as: UTF8.self)
        let version = try self.file.resolve(catalog["Version"], in: self.view).name ?? header
        guard header.hasPrefix("1."), version.hasPrefix("1.") else { return }
        var extensions = try self.file.resolve(catalog["Extensions"], in: self.view).dictionary ?? [:]
        guard extensions["ESIC"] == nil else { return }
        extensions["ESIC"] = .dictionary(["BaseVersion": .name("1.7"), "ExtensionLevel": .integer(1)])
        if let reference = catalog["Extensions"]?.reference {
            self.set(reference, extensions)
        } else {
            catalog["Extensions"] = .dictionary(extensions)
            self.set(root, catalog)
        }
    }
}

extension PDFFile {
    /// What a stream holds, decoded.
    func streamData(_ reference: PDFReference, in view: Int) throws(PDFError) -> [UInt8] {
        guard let object = try self.object(reference, in: view), let dictionary = object.value.dictionary,
            let raw = object.stream
        else { throw .damaged("stream missing") }
        let content = try self.decryption?.stream(self.bytes[raw], of: reference)[...] ?? self.bytes[raw]
        return try StreamDecoder.decode(dictionary, content, limit: self.limits.inflatedBytes)
    }
}
