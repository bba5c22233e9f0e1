/// Two texts word by word: what stayed, what went, what came.
///
/// Myers' algorithm, which `CollectionDifference` uses, takes memory in the square of the differences; two texts that have nothing in
/// common would take gigabytes. Here words that occur once in both are matched first, then what lies between them, and what remains is
/// compared exactly as far as a budget allows. Beyond it a passage counts as replaced.
public struct WordComparison: Sendable {
    /// How words fared from the older text to the newer.
    public enum Standing: String, Sendable {
        case same, removed, added
    }

    /// Words in a row that fared alike.
    public struct Run: Sendable, Hashable {
        public let standing: Standing
        /// With the line breaks of the newer text; removed words are in one line.
        public let words: [Substring]
    }

    /// Words of a text that are compared; further ones are left out.
    public static let most = 20_000

    public let runs: [Run]
    /// Whether a text had more words than are compared.
    public let isCut: Bool
    public var addedCount: Int { self.count(.added) }
    public var removedCount: Int { self.count(.removed) }

    /// Bound to the processor: some milliseconds a thousand words. Call it off the cooperative pool.
    public init(older: String, newer: String) {
        let (allOld, allNew) = (Self.words(of: older), Self.words(of: newer))
        let (old, new) = (Array(allOld.prefix(Self.most)), Array(allNew.prefix(Self.most)))
        var comparison = Comparison(old.map(\.word), new.map(\.word))
        comparison.run()
        var runs: [Run] = []
        func add(_ standing: Standing, _ words: [Substring]) {
            if !words.isEmpty { runs.append(Run(standing: standing, words: words)) }
        }
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            var (same, removed, added): ([Substring], [Substring], [Substring]) = ([], [], [])
            while i < old.count, comparison.isRemoved[i] {
                removed.append(old[i].word)
                i += 1
            }
            while j < new.count, comparison.isAdded[j] {
                added.append(new[j].whole)
                j += 1
            }
            while i < old.count, j < new.count, !comparison.isRemoved[i], !comparison.isAdded[j] {
                same.append(new[j].whole)
                (i, j) = (i + 1, j + 1)
            }
            add(.removed, removed)
            add(.added, added)
            add(.same, same)
        }
        self.runs = runs
        self.isCut = allOld.count > Self.most || allNew.count > Self.most
    }

    private func count(_ standing: Standing) -> Int {
        self.runs.reduce(0) { $0 + ($1.standing == standing ? $1.words.count : 0) }
    }

    /// A word, and with the line break behind it.
    private struct Word {
        let word: Substring
        let whole: Substring
    }

    /// One word more than are compared, to know whether there are more.
    private static func words(of text: String) -> [Word] {
        var words: [Word] = []
        let bytes = text.utf8
        func isSpace(_ index: String.Index) -> Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(bytes[index]) }
        var index = bytes.startIndex
        while index < bytes.endIndex, words.count <= Self.most {
            while index < bytes.endIndex, isSpace(index) { index = bytes.index(after: index) }
            let start = index
            while index < bytes.endIndex, !isSpace(index) { index = bytes.index(after: index) }
            guard start < index else { break }
            let end = index
            if index < bytes.endIndex, bytes[index] == 0x0A { index = bytes.index(after: index) }
            words.append(Word(word: text[start..<end], whole: text[start..<index]))
        }
        return words
    }
}

/// Marks the words of two texts that have no counterpart in the other.
private struct Comparison {
    private let old: [Int]
    private let new: [Int]
    private(set) var isRemoved: [Bool]
    private(set) var isAdded: [Bool]
    /// How many words, and pairs of words, may still be looked at: some tenths of a second.
    private var budget = 30_000_000
    private static let exactPairs = 1_000_000

    init(_ old: [Substring], _ new: [Substring]) {
        var numbers: [Substring: Int] = [:]
        func number(_ word: Substring) -> Int {
            if let number = numbers[word] { return number }
            numbers[word] = numbers.count
            return numbers.count - 1
        }
        self.old = old.map(number)
        self.new = new.map(number)
        self.isRemoved = Array(repeating: false, count: old.count)
        self.isAdded = Array(repeating: false, count: new.count)
    }

    mutating func run() {
        var open = [(self.old.indices, self.new.indices)]
        while let (left, right) = open.popLast() {
            let (left, right) = self.withoutCommonEnds(left, right)
            self.budget -= left.count + right.count
            guard !left.isEmpty, !right.isEmpty, self.budget > 0 else {
                self.mark(left, right)
                continue
            }
            let anchors = self.anchors(left, right)
            if anchors.isEmpty {
                self.compareExactly(left, right)
                continue
            }
            var (i, j) = (left.lowerBound, right.lowerBound)
            for anchor in anchors + [(left.upperBound, right.upperBound)] {
                open.append((i..<anchor.0, j..<anchor.1))
                (i, j) = (anchor.0 + 1, anchor.1 + 1)
            }
        }
    }

    private mutating func mark(_ left: Range<Int>, _ right: Range<Int>) {
        for index in left { self.isRemoved[index] = true }
        for index in right { self.isAdded[index] = true }
    }

    private func withoutCommonEnds(_ left: Range<Int>, _ right: Range<Int>) -> (Range<Int>, Range<Int>) {
        var (i, j, iEnd, jEnd) = (left.lowerBound, right.lowerBound, left.upperBound, right.upperBound)
        while i < iEnd, j < jEnd, self.old[i] == self.new[j] { (i, j) = (i + 1, j + 1) }
        while i < iEnd, j < jEnd, self.old[iEnd - 1] == self.new[jEnd - 1] { (iEnd, jEnd) = (iEnd - 1, jEnd - 1) }
        return (i..<iEnd, j..<jEnd)
    }

    /// The longest row of words that occur once on either side and in the same order.
    private func anchors(_ left: Range<Int>, _ right: Range<Int>) -> [(Int, Int)] {
        func single(_ range: Range<Int>, _ words: [Int]) -> [Int: Int] {
            var places: [Int: Int] = [:]
            for index in range { places[words[index]] = places[words[index]] == nil ? index : -1 }
            return places
        }
        let (ours, theirs) = (single(left, self.old), single(right, self.new))
        var pairs: [(Int, Int)] = []
        for index in left where ours[self.old[index]] == index {
            if let other = theirs[self.old[index]], other >= 0 { pairs.append((index, other)) }
        }
        // Patience sorting: `ends[k]` is the pair with the least right place that ends a row of k + 1.
        var ends: [Int] = []
        var before = [Int?](repeating: nil, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[ends[middle]].1 < pair.1 { low = middle + 1 } else { high = middle }
            }
            before[index] = low > 0 ? ends[low - 1] : nil
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var row: [(Int, Int)] = []
        var next = ends.last
        while let index = next {
            row.append(pairs[index])
            next = before[index]
        }
        return row.reversed()
    }

    /// The longest common subsequence by its table, where the table is small enough.
    private mutating func compareExactly(_ left: Range<Int>, _ right: Range<Int>) {
        let (height, width) = (left.count, right.count)
        let pairs = height * width
        guard pairs <= Self.exactPairs, pairs <= self.budget else { return self.mark(left, right) }
        self.budget -= pairs
        var lengths = [UInt16](repeating: 0, count: (height + 1) * (width + 1))
        func place(_ i: Int, _ j: Int) -> Int { i * (width + 1) + j }
        for i in stride(from: height - 1, through: 0, by: -1) {
            for j in stride(from: width - 1, through: 0, by: -1) {
                lengths[place(i, j)] =
                    self.old[left.lowerBound + i] == self.new[right.lowerBound + j]
                    ? lengths[place(i + 1, j + 1)] + 1 : max(lengths[place(i + 1, j)], lengths[place(i, j + 1)])
            }
        }
        var (i, j) = (0, 0)
        while i < height, j < width {
            if self.old[left.lowerBound + i] == self.new[right.lowerBound + j] {
                (i, j) = (i + 1, j + 1)
            } else if lengths[place(i + 1, j)] >= lengths[place(i, j + 1)] {
                self.isRemoved[left.lowerBound + i] = true
                i += 1
            } else {
                self.isAdded[right.lowerBound + j] = true
                j += 1
            }
        }
        self.mark(left.lowerBound + i..<left.upperBound, right.lowerBound + j..<right.upperBound)
    }
}
