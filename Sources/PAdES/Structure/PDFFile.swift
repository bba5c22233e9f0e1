/// A parsed file: its revisions and the objects they show. Not `Sendable`: it caches, and lives within one call.
final class PDFFile {
    /// What one save added.
    struct Revision {
        /// Newest first. More than one only for a linearized file, whose first page has a section of its own.
        var sections: [CrossReferenceSection]
        /// After `%%EOF`.
        var end: Int
    }

    /// How much oddness is put up with.
    enum Reading: Sendable {
        /// For files that are to be extended: whatever readers might understand differently is refused.
        case strict
        /// As `strict`, but an empty user password is tried on encrypted files.
        case extending
        /// As `extending`, but a file that opens only with a password is read as far as it can be without: what is enciphered in it stays
        /// so. Says what could be done with the password, and shows nothing to anybody.
        case locked
        /// For judging what is there: old and new cross-references side by side, encryption with an empty password, bytes
        /// before the header, objects that can't be read.
        case forgiving
    }

    private struct ObjectStream {
        var data: [UInt8]
        /// Number and offset of each object.
        var index: [(number: Int, offset: Int)]
    }

    /// Where the stream lies that an object is in, and which of its objects it is.
    private struct CompressedPlace: Hashable {
        var stream: Int
        var index: Int
    }

    let bytes: [UInt8]
    let limits: PDFLimits
    let reading: Reading
    private(set) var decryption: Decryption?
    /// What the encryption permits; `nil` for a file that is not encrypted.
    private(set) var grants: EncryptionGrants?
    /// Where `/Encrypt` is an object of its own: its strings are not encrypted.
    private var encryptionNumber: Int?
    /// Oldest first; never empty.
    let revisions: [Revision]
    /// What each revision says of each object, oldest first.
    private let history: [Int: [(view: Int, entry: CrossReferenceEntry)]]
    private var inflated: Int
    private var objects: [Int: PDFObject] = [:]
    private var compressedObjects: [CompressedPlace: PDFObject] = [:]
    private var objectStreams: [Int: ObjectStream] = [:]
    private var resolving: Set<Int> = []
    private var lookups = 0
    /// Numbers that were looked up since `noting` began.
    private var noted: Set<Int>?
    private var syntaxBytes = 0
    /// Bytes of memory that what is kept takes, by estimate.
    private var memory = 0
    /// Bytes of streams' data that may still be decoded.
    private var contentRoom: Int

    init(_ bytes: [UInt8], limits: PDFLimits = .standard, reading: Reading = .strict) throws(PDFError) {
        let header = Array("%PDF-".utf8)
        guard let start = bytes.prefix(1_024 + header.count).indices.first(where: { bytes[$0...].starts(with: header) })
        else { throw .notAPDF }
        guard start == 0 || reading == .forgiving else { throw .damaged("bytes before the header") }
        self.bytes = bytes
        self.limits = limits
        self.contentRoom = limits.contentBytes
        self.reading = reading
        var reader = CrossReferenceReader(bytes: bytes, limits: limits, reading: reading)
        let sections = try reader.sections()
        self.inflated = reader.inflated
        let isEncrypted = sections.contains { $0.trailer["Encrypt"] != nil }
        guard !isEncrypted || reading != .strict else { throw .encrypted }
        if reading != .forgiving { try Self.checkSize(sections) }
        self.revisions = try Self.revisions(sections, bytes)
        var history: [Int: [(view: Int, entry: CrossReferenceEntry)]] = [:]
        for (view, revision) in self.revisions.enumerated() {
            // The newest section of a revision comes last, so that it counts.
            for section in revision.sections.reversed() {
                for (number, entry) in section.entries { history[number, default: []].append((view, entry)) }
            }
        }
        self.history = history
        // An entry stands in its section and in the history.
        try self.take(sections.reduce(0) { $0 + $1.entries.count } * 176)
        if isEncrypted { try self.prepareDecryption() }
    }

    private func prepareDecryption() throws(PDFError) {
        let trailer = self.trailer(in: self.lastView)
        self.encryptionNumber = trailer["Encrypt"]?.reference?.number
        let identifier = try self.resolve(trailer["ID"], in: self.lastView).array?.first
        guard let dictionary = try self.resolve(trailer["Encrypt"], in: self.lastView).dictionary else {
            throw .encrypted
        }
        var whole = PDFDictionary()
        for key in dictionary.keys { whole[key] = try self.resolve(dictionary[key], in: self.lastView) }
        let known = try self.resolve(identifier, in: self.lastView).string ?? []
        self.grants = Decryption.grants(whole)
        self.objects = [:]
        self.compressedObjects = [:]
        do {
            self.decryption = try Decryption(whole, identifier: known)
        } catch {
            guard self.reading == .locked, error == .encrypted, self.grants != nil else { throw error }
        }
    }

    /// As `object`, but an object that can't be read counts as absent where the reading is forgiving.
    func readable(_ reference: PDFReference, in view: Int) throws(PDFError) -> PDFObject? {
        do {
            return try self.object(reference, in: view)
        } catch .damaged(let reason) {
            guard self.reading == .forgiving else { throw .damaged(reason) }
            return nil
        }
    }

    /// Objects beyond `/Size` are there for some readers and missing for others (7.5.5).
    private static func checkSize(_ sections: [CrossReferenceSection]) throws(PDFError) {
        guard let size = sections.first?.trailer["Size"]?.integer else { throw .damaged("/Size missing") }
        for section in sections {
            guard section.entries.allSatisfy({ $0.key < size || $0.value == .free }) else { throw .damaged("/Size") }
        }
    }

    /// Groups sections into revisions. A revision ends at the `%%EOF` whose `startxref` names its newest section.
    private static func revisions(
        _ sections: [CrossReferenceSection], _ bytes: [UInt8]
    ) throws(PDFError) -> [Revision] {
        var revisions: [Revision] = []
        var index = 0
        while index < sections.count {
            let head = sections[index]
            var members: [CrossReferenceSection] = []
            var end: Int?
            while index < sections.count, end == nil, members.count < 2 {
                members.append(sections[index])
                if let tail = sections[index].tail(in: bytes), tail.startxref == head.offset { end = tail.end }
                index += 1
            }
            guard let end else { throw .damaged("revision without end") }
            if let newer = revisions.last, end > newer.sections[0].offset { throw .damaged("revisions out of order") }
            revisions.append(Revision(sections: members, end: end))
        }
        return revisions.reversed()
    }

    var lastView: Int { self.revisions.count - 1 }
    func trailer(in view: Int) -> PDFDictionary { self.revisions[view].sections[0].trailer }

    /// What revision `view` and those before it say of an object.
    func entry(_ number: Int, in view: Int) -> CrossReferenceEntry? {
        self.history[number]?.last { $0.view <= view }?.entry
    }

    /// The numbers of the objects that `body` looks up.
    func noting<Result>(_ body: () throws(PDFError) -> Result) throws(PDFError) -> (Result, numbers: Set<Int>) {
        self.noted = []
        defer { self.noted = nil }
        let result = try body()
        return (result, self.noted ?? [])
    }

    /// The object as of revision `view`; `nil` for one that doesn't exist, which reads as null (7.3.10).
    ///
    /// - Parameter keeps: whether to remember it. What is looked at once, in a file of many objects, is better forgotten.
    func object(_ reference: PDFReference, in view: Int, keeps: Bool = true) throws(PDFError) -> PDFObject? {
        self.lookups += 1
        guard self.lookups <= self.limits.lookups else { throw .tooComplex("too many references") }
        self.noted?.insert(reference.number)
        switch self.entry(reference.number, in: view) {
        case nil, .free: return nil
        case .offset(let offset, let generation):
            guard generation == reference.generation else { return nil }
            let object = try self.object(at: offset, in: view, keeps: keeps)
            guard object.reference == reference else { throw .damaged("object has another number") }
            return object
        case .compressed(let stream, let index):
            guard reference.generation == 0 else { return nil }
            return try self.compressed(reference, stream: stream, index: index, in: view, keeps: keeps)
        }
    }

    /// The object written at a place of the file.
    func object(at offset: Int, in view: Int, keeps: Bool = true) throws(PDFError) -> PDFObject {
        if let known = self.objects[offset] { return known }
        guard self.resolving.insert(offset).inserted else { throw .damaged("stream length refers to itself") }
        defer { self.resolving.remove(offset) }
        var object = try IndirectObjectReader(bytes: self.bytes).object(at: offset) { reference throws(PDFError) in
            guard case .offset(let place, _)? = self.entry(reference.number, in: view) else { return nil }
            return try self.object(at: place, in: view).value.integer
        }
        try self.read((object.extent?.count ?? 0) - (object.stream?.count ?? 0))
        if let decryption = self.decryption, object.reference.number != self.encryptionNumber,
            object.value.dictionary?["Type"] != .name("XRef")
        {
            object.value = try decryption.value(object.value, of: object.reference)
        }
        if keeps {
            try self.take(object)
            self.objects[offset] = object
        }
        return object
    }

    /// Accounts for bytes of syntax that were read.
    private func read(_ count: Int) throws(PDFError) {
        self.syntaxBytes += count
        guard self.syntaxBytes <= self.limits.syntaxBytes else { throw .tooComplex("too much structure") }
    }

    /// Accounts for memory that is kept.
    private func take(_ count: Int) throws(PDFError) {
        self.memory += count
        guard self.memory <= self.limits.memory else { throw .tooComplex("too much to keep in memory") }
    }

    private func take(_ object: PDFObject) throws(PDFError) { try self.take(160 + 48 * object.weight) }

    private func compressed(
        _ reference: PDFReference, stream number: Int, index: Int, in view: Int, keeps: Bool
    ) throws(PDFError) -> PDFObject {
        guard case .offset(let offset, 0)? = self.entry(number, in: view) else {
            throw .damaged("object stream missing")
        }
        self.noted?.insert(number)
        let place = CompressedPlace(stream: offset, index: index)
        if let known = self.compressedObjects[place], known.reference == reference { return known }
        let stream: ObjectStream
        if let known = self.objectStreams[offset] {
            stream = known
        } else {
            stream = try self.objectStream(at: offset, number: number, in: view)
            self.objectStreams[offset] = stream
        }
        guard stream.index.indices.contains(index), stream.index[index].number == reference.number else {
            throw .damaged("object stream without the object")
        }
        let start = stream.index[index].offset
        var lexer = PDFLexer(stream.data, at: start)
        let value = try lexer.value()
        try self.read(lexer.position - start)
        let object = PDFObject(reference: reference, value: value, weight: lexer.weight)
        if keeps {
            try self.take(object)
            self.compressedObjects[place] = object
        }
        return object
    }

    private func objectStream(at offset: Int, number: Int, in view: Int) throws(PDFError) -> ObjectStream {
        let object = try self.object(at: offset, in: view)
        guard object.reference == PDFReference(number: number), let dictionary = object.value.dictionary,
            let raw = object.stream, dictionary["Type"] == .name("ObjStm"),
            let count = try self.resolve(dictionary["N"], in: view).integer, count >= 0, count <= self.limits.objects,
            let first = try self.resolve(dictionary["First"], in: view).integer, first >= 0
        else { throw .damaged("object stream") }
        var content = self.bytes[raw]
        if let decryption = self.decryption { content = try decryption.stream(content, of: object.reference)[...] }
        let data = try StreamDecoder.decode(
            dictionary, content, limit: self.limits.inflatedBytes - self.inflated)
        self.inflated += data.count
        try self.take(data.count + 16 * count)
        var lexer = PDFLexer(data, end: first)
        var index: [(number: Int, offset: Int)] = []
        for _ in 0..<count {
            lexer.skipSpace()
            guard let number = lexer.takeUnsigned(), case _ = lexer.skipSpace(), let place = lexer.takeUnsigned() else {
                throw .damaged("object stream header")
            }
            index.append((number, first + place))
        }
        return ObjectStream(data: data, index: index)
    }

    /// The decoded data of a stream. Data of which too much was asked for is refused as data that is too large.
    func content(of object: PDFObject, limit: Int) throws(PDFError) -> [UInt8] {
        guard let dictionary = object.value.dictionary, let raw = object.stream else { throw .damaged("no stream") }
        guard self.contentRoom > 0 else { throw .tooComplex("too much data") }
        var data = self.bytes[raw]
        if let decryption = self.decryption { data = try decryption.stream(data, of: object.reference)[...] }
        let limit = min(limit, self.contentRoom)
        do {
            let content = try StreamDecoder.decode(dictionary, data, limit: limit)
            self.contentRoom -= content.count
            return content
        } catch {
            // It was inflated up to the limit before it was refused.
            if case .tooComplex = error { self.contentRoom -= limit }
            throw error
        }
    }

    /// The value behind any chain of references; null for what doesn't exist.
    func resolve(_ value: PDFValue?, in view: Int) throws(PDFError) -> PDFValue {
        var value = value ?? .null
        var steps = 0
        while case .reference(let reference) = value {
            guard steps < 16 else { throw .damaged("references in a circle") }
            steps += 1
            value = try self.object(reference, in: view)?.value ?? .null
        }
        return value
    }

    func catalog(in view: Int) throws(PDFError) -> (reference: PDFReference, value: PDFDictionary) {
        guard let reference = self.trailer(in: view)["Root"]?.reference,
            let value = try self.object(reference, in: view)?.value.dictionary
        else { throw .damaged("catalogue missing") }
        return (reference, value)
    }
}

extension PDFFile {
    /// Opens every object stream that `view` uses, so that what is in them is known to be within the bounds.
    func inflateObjectStreams(in view: Int) throws(PDFError) {
        var streams: [Int: PDFReference] = [:]
        for revision in self.revisions[...view] {
            for section in revision.sections {
                for (number, entry) in section.entries {
                    guard case .compressed(let stream, _) = entry else { continue }
                    if self.entry(number, in: view) == entry { streams[stream] = PDFReference(number: number) }
                }
            }
        }
        for reference in streams.values { _ = try self.object(reference, in: view) }
    }
}
