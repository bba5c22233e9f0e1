/// Objects by number. Those of one graph and of the same graph later lie at the same places.
struct ObjectSet {
    fileprivate let places: [Int: Int]
    fileprivate let isIn: [Bool]
    func contains(_ number: Int) -> Bool { self.places[number].map { self.isIn[$0] } ?? false }
}

/// What refers to what in a view of the file, kept up from one update to the next.
struct ObjectGraph {
    /// Stands for the trailer.
    static let trailer = -1
    /// Keys of a trailer by which readers reach objects; others name what nobody looks at.
    private static let trailerKeys = ["Root", "Info", "Encrypt", "ID"]

    /// Objects whose references are kept: two hundred bytes of memory each.
    private static let maximumCount = 600_000

    private let file: PDFFile
    private(set) var view: Int
    /// Numbers may be any: each that is in use or named gets a place in the arrays below.
    private var places: [Int: Int] = [:]
    private var numbers: [Int] = []
    /// What each object names, each as often as it does.
    private var targets: [[Int32]] = []
    private var named: [Bool] = []
    private var ofTrailer: [Int] = []
    private var allOfTrailer: [Int] = []
    private var reached: ObjectSet?
    private var edges = 0
    /// Objects and references between them: what it costs to follow them all.
    var size: Int { self.numbers.count + self.edges }

    init(_ file: PDFFile, view: Int) throws(PDFError) {
        self.file = file
        self.view = view
        var seen: Set<Int> = []
        for section in file.revisions[...view].flatMap(\.sections) {
            for number in section.entries.keys where seen.insert(number).inserted {
                guard self.numbers.count <= Self.maximumCount else { throw .tooComplex("too many objects to follow") }
                try self.read(number)
            }
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

    private mutating func place(of number: Int) -> Int {
        if let known = self.places[number] { return known }
        let place = self.numbers.count
        self.places[number] = place
        self.numbers.append(number)
        self.targets.append([])
        self.named.append(false)
        return place
    }

    private mutating func set(_ found: [Int], of number: Int) {
        let place = self.place(of: number)
        self.edges += found.count - self.targets[place].count
        var targets: [Int32] = []
        targets.reserveCapacity(found.count)
        for target in found {
            let target = self.place(of: target)
            self.named[target] = true
            targets.append(Int32(truncatingIfNeeded: target))
        }
        self.targets[place] = targets
    }

    private mutating func read(_ number: Int) throws(PDFError) {
        guard let entry = self.file.entry(number, in: self.view), entry != .free else {
            return self.set([], of: number)
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
        self.set(found, of: number)
    }

    private mutating func readTrailer() {
        let trailer = self.file.trailer(in: self.view)
        self.ofTrailer = []
        for key in Self.trailerKeys { if let value = trailer[key] { Self.collect(value, into: &self.ofTrailer) } }
        for number in self.ofTrailer { self.named[self.place(of: number)] = true }
        self.allOfTrailer = []
        Self.collect(.dictionary(trailer), into: &self.allOfTrailer)
    }

    /// Whether the number was ever named.
    func mentions(_ number: Int) -> Bool { self.places[number].map { self.named[$0] } ?? false }

    /// Everything that can be reached from the trailer.
    mutating func reachable() -> ObjectSet {
        if let known = self.reached { return known }
        var isIn = [Bool](repeating: false, count: self.numbers.count)
        var stack = self.ofTrailer.compactMap { self.places[$0] }
        while let place = stack.popLast() {
            if isIn[place] { continue }
            isIn[place] = true
            for target in self.targets[place] where !isIn[Int(target)] { stack.append(Int(target)) }
        }
        let found = ObjectSet(places: self.places, isIn: isIn)
        self.reached = found
        return found
    }

    /// Who alone names an object, and that once: by the number of the object, for those that can be reached.
    mutating func owners() -> [Int: Int] {
        let reached = self.reachable()
        var owners: [Int: Int] = [:]
        var shared: Set<Int> = []
        func note(_ target: Int, _ source: Int) {
            if owners.updateValue(source, forKey: target) != nil { shared.insert(target) }
        }
        for target in self.allOfTrailer { note(target, Self.trailer) }
        for place in self.numbers.indices where reached.isIn[place] {
            for target in self.targets[place] { note(self.numbers[Int(target)], self.numbers[place]) }
        }
        for target in shared { owners[target] = nil }
        return owners
    }

    /// What is named by objects that can be reached in this view and in another, and that are none of `changed`.
    mutating func named(reachedToo other: ObjectSet, besides changed: Set<Int>) -> Set<Int> {
        let reached = self.reachable()
        var named: Set<Int> = []
        for place in self.numbers.indices
        where reached.isIn[place] && other.isIn[place] && !changed.contains(self.numbers[place]) {
            for target in self.targets[place] { named.insert(self.numbers[Int(target)]) }
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
