import API
import Foundation

/// Marks in a text the words that a search was for, accents and case aside, as the search itself compares them.
struct Highlight: Sendable {
    private let words: Set<[UInt32]>

    init(_ query: String) {
        var words: Set<[UInt32]> = []
        Self.cut(query) { _, folded in if !folded.isEmpty { words.insert(folded) } }
        self.words = words
    }

    /// The text in pieces that make it up again: `[{"text", "hit"}]`.
    func pieces(of text: String) -> JSONValue {
        var pieces: [(text: String, isHit: Bool)] = []
        Self.cut(text) { run, folded in
            let isHit = !folded.isEmpty && self.words.contains(folded)
            if let last = pieces.last, last.isHit == isHit {
                pieces[pieces.count - 1].text += run
            } else {
                pieces.append((String(run), isHit))
            }
        }
        return .array(pieces.map { ["text": .string($0.text), "hit": .boolean($0.isHit)] })
    }

    /// Cuts a text into words, each with its letters folded, and what lies between them, with none.
    ///
    /// Over scalars and a table, because a page of hits has thousands of letters.
    private static func cut(_ text: String, _ each: (Substring, [UInt32]) -> Void) {
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var folded: [UInt32] = []
        var isInWord = false
        var index = start
        while index < scalars.endIndex {
            let letter = Self.letter(scalars[index])
            if index > start, (letter != nil) != isInWord {
                each(text[start..<index], folded)
                folded.removeAll(keepingCapacity: true)
                start = index
            }
            isInWord = letter != nil
            if let letter, letter != Self.mark { folded.append(letter) }
            index = scalars.index(after: index)
        }
        if start < scalars.endIndex { each(text[start...], folded) }
    }

    /// What a combining mark counts as: part of a word, and nothing in it.
    private static let mark: UInt32 = 0

    /// As `platform.fold` in the database, no tones, no case, đ as d; nil for what is of no word.
    private static func letter(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar.value {
        case 0..<0x250: Self.latin[Int(scalar.value)]
        case 0x1E00..<0x1F00: Self.vietnamese[Int(scalar.value - 0x1E00)]
        default: Self.folded(scalar)
        }
    }

    private static let latin = (UInt32(0)..<0x250).map { Unicode.Scalar($0).flatMap(Self.folded) }
    private static let vietnamese = (UInt32(0x1E00)..<0x1F00).map { Unicode.Scalar($0).flatMap(Self.folded) }

    private static func folded(_ scalar: Unicode.Scalar) -> UInt32? {
        if scalar.properties.generalCategory == .nonspacingMark { return Self.mark }
        guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil else { return nil }
        let plain = String(scalar).lowercased().decomposedStringWithCanonicalMapping.unicodeScalars.first
        return plain == "đ" ? Unicode.Scalar("d").value : plain?.value
    }
}
