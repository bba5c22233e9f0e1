import API
import Foundation

/// Marks in a text the words that a search was for, accents and case aside, as the search itself compares them.
struct Highlight: Sendable {
    private let words: Set<String>

    init(_ query: String) {
        self.words = Set(Self.runs(of: query).filter(\.isWord).map { Self.folded($0.text) })
    }

    /// The text in pieces that make it up again: `[{"text", "hit"}]`.
    func pieces(of text: String) -> JSONValue {
        var pieces: [(text: String, isHit: Bool)] = []
        for run in Self.runs(of: text) {
            let isHit = run.isWord && self.words.contains(Self.folded(run.text))
            if let last = pieces.last, last.isHit == isHit {
                pieces[pieces.count - 1].text += run.text
            } else {
                pieces.append((String(run.text), isHit))
            }
        }
        return .array(pieces.map { ["text": .string($0.text), "hit": .boolean($0.isHit)] })
    }

    /// The text cut into words and what lies between them.
    private static func runs(of text: String) -> [(text: Substring, isWord: Bool)] {
        var runs: [(text: Substring, isWord: Bool)] = []
        var start = text.startIndex
        while start < text.endIndex {
            let isWord = Self.isOfWord(text[start])
            let end = text[start...].firstIndex { Self.isOfWord($0) != isWord } ?? text.endIndex
            runs.append((text[start..<end], isWord))
            start = end
        }
        return runs
    }

    private static func isOfWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    /// As `platform.fold` in the database: no tones, no case, đ as d.
    private static func folded(_ text: Substring) -> String {
        var folded = String.UnicodeScalarView()
        for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars
        where scalar.properties.generalCategory != .nonspacingMark {
            folded.append(scalar == "đ" ? "d" : scalar)
        }
        return String(folded)
    }
}
