/// What refers to what in a view of the file, kept up from one update to the next.
struct ObjectGraph {
    /// Stands for the trailer.
    static let trailer = -1
    /// Keys of a trailer by which readers reach objects; others name what nobody looks at.
    private static let trailerKeys = ["Root", "Info", "Encrypt", "ID"]

    private let file: PDFFile
    private(set) var view: Int
    /// The object numbers that each object in use names, each as often as it does.
    private var targets: [Int: [Int]] = [:]
    private var allOfTrailer: [Int] = []
    /// Every number that was ever named.
    private(set) var mentioned: Set<Int> = []
    private var reached: Set<Int>?
    var count: Int { self.targets.count }

    init(_ file: PDFFile, view: Int) throws(PDFError) {
        self.file = file
        self.view = view
        for section in file.revisions[...view].flatMap(\.sections) {
            for number in section.entries.keys where self.targets[number] == nil { try self.read(number) }
        }
        self.readTrailer()
    }

    /// Goes on to the next view, in which these numbers mean something else.
    mutating func advance(_ numbers: some Sequence<Int>) throws(PDFError) {
        self.view += 1
        self.reached = nil
        for number in numbers { try self.read(number) }
        self.readTrailer()
    }

    private mutating func read(_ number: Int) throws(PDFError) {
        guard let entry = self.file.entry(number, in: self.view), entry != .free else {
            self.targets[number] = nil
            return
        }
        var generation = 0
        if case .offset(_, let stated) = entry { generation = stated }
        var found: [Int] = []
        do {
            let reference = PDFReference(number: number, generation: generation)
            let object = try self.file.object(reference, in: self.view, keeps: false)
            if let object { Self.collect(object.value, into: &found) }
        } catch .damaged(let reason) {
            // Other readers may make sense of it: whatever looks like a reference counts as one.
            guard case .offset(let offset, _) = entry else { throw .damaged(reason) }
            found = Self.loosely(self.file.bytes, from: offset)
        }
        self.targets[number] = found
        self.mentioned.formUnion(found)
    }

    private mutating func readTrailer() {
        let trailer = self.file.trailer(in: self.view)
        var found: [Int] = []
        for key in Self.trailerKeys { if let value = trailer[key] { Self.collect(value, into: &found) } }
        self.targets[Self.trailer] = found
        self.mentioned.formUnion(found)
        self.allOfTrailer = []
        Self.collect(.dictionary(trailer), into: &self.allOfTrailer)
    }

    /// Everything that can be reached from the trailer.
    mutating func reachable() -> Set<Int> {
        if let known = self.reached { return known }
        var seen: Set<Int> = []
        var stack = self.targets[Self.trailer] ?? []
        while let number = stack.popLast() {
            if seen.insert(number).inserted { stack += self.targets[number] ?? [] }
        }
        self.reached = seen
        return seen
    }

    /// Who alone names an object, and that once: by the number of the object, for those that can be reached.
    mutating func owners() -> [Int: Int] {
        let reached = self.reachable()
        var owners: [Int: Int] = [:]
        var shared: Set<Int> = []
        for (source, targets) in self.targets where source == Self.trailer || reached.contains(source) {
            for target in source == Self.trailer ? self.allOfTrailer : targets {
                if owners.updateValue(source, forKey: target) != nil { shared.insert(target) }
            }
        }
        for target in shared { owners[target] = nil }
        return owners
    }

    /// What is named by objects that can be reached in this view and in another, and that are none of `changed`.
    mutating func named(reachedToo other: Set<Int>, besides changed: Set<Int>) -> Set<Int> {
        var named: Set<Int> = []
        for source in self.reachable() where other.contains(source) && !changed.contains(source) {
            named.formUnion(self.targets[source] ?? [])
        }
        return named
    }

    private static func collect(_ value: PDFValue, into found: inout [Int]) {
        switch value {
        case .reference(let reference): found.append(reference.number)
        case .array(let items): for item in items { self.collect(item, into: &found) }
        case .dictionary(let dictionary):
            for key in dictionary.keys { if let item = dictionary[key] { self.collect(item, into: &found) } }
        default: break
        }
    }

    /// The numbers before every `R` up to `endobj`.
    private static func loosely(_ bytes: [UInt8], from offset: Int) -> [Int] {
        var lexer = PDFLexer(bytes, at: offset, end: min(bytes.count, offset + 1 << 20))
        var found: [Int] = []
        var last: [Int] = []
        while let byte = lexer.peek() {
            if (0x30...0x39).contains(byte) {
                guard let number = lexer.takeUnsigned() else {
                    lexer.position += 1
                    continue
                }
                last = [last.last ?? -1, number]
            } else if lexer.takeKeyword("R"), last.count == 2 {
                found.append(last[0])
            } else if lexer.takeKeyword("endobj") {
                break
            } else {
                lexer.position += 1
            }
        }
        return found.filter { $0 >= 0 }
    }
}
