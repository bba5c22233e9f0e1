import Foundation

/// Finds the places of number, date, signature and seal in the text of a document in the layout of Decree 30/2020.
public enum FieldPlacement {
    /// The size of a drawn signature and the diameter of an enterprise's seal, in points.
    public static let signatureWidth = 45 * pointsPerMillimetre
    public static let signatureHeight = 20 * pointsPerMillimetre
    public static let sealDiameter = 36 * pointsPerMillimetre

    /// What could be found; a part that could not is `nil` in the result, for the caller to place or to refuse.
    /// - Parameter signerName: as printed under the signature (`họ tên`, box 7b).
    public static func propose(pages: [PageText], signerName: String) -> OfficialFields {
        var fields = OfficialFields(number: nil, date: nil, signer: nil, seal: nil)
        if let first = pages.first {
            if let (box, size, isFlushRight) = self.number(on: first) {
                fields.number = box
                fields.numberSize = size
                fields.numberIsFlushRight = isFlushRight
            }
            if let (line, size) = self.date(on: first) {
                fields.date = line
                fields.dateSize = size
            }
        }
        for index in pages.indices.reversed() {
            guard let place = self.signature(above: signerName, on: pages[index]) else { continue }
            fields.signer = OfficialFields.Box(page: index, rectangle: place)
            fields.seal = OfficialFields.Box(page: index, rectangle: self.seal(beside: place, unit: pages[index].unit))
            break
        }
        return fields
    }

    /// The seal covers the left third of the signature, centres level (Decree 30/2020, Annex I, part I.II.8).
    /// - Parameter unit: the page's, in points.
    public static func seal(beside signature: PDFRectangle, unit: Double = 1) -> PDFRectangle {
        let size = self.sealDiameter / unit
        return PDFRectangle(
            x: max(0, signature.x + signature.width / 3 - size), y: max(0, signature.midY - size / 2), width: size,
            height: size)
    }

    private static func fold(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.lowercased()
    }

    /// The nearest word to the right on the same line.
    private static func next(after word: PageWord, on page: PageText) -> PageWord? {
        page.words.filter { $0.left > word.right - 1 && $0.isOnLine(of: word) && $0 != word }
            .min { $0.left < $1.left }
    }

    /// The size in which a word is printed, told from its width: Times New Roman and Liberation Serif have the same metrics.
    /// (Its box won't do: poppler makes it from what the font claims as ascent and descent.)
    private static func size(of word: PageWord, _ face: TrueTypeFace) -> Double {
        guard let width = try? FontSubset(face).width(word.text, size: 1), width > 0 else { return 13 }
        return min(16, max(9, ((word.right - word.left) / width * 2).rounded() / 2))
    }

    /// A rectangle on the printed line, as high as the line box of our own font around the same baseline.
    private static func box(
        _ page: PageText, from left: Double, to right: Double, line word: PageWord, size: Double, _ face: TrueTypeFace
    ) -> PDFRectangle {
        let (ascent, descent) = (Double(face.ascent) / 1_000, Double(-face.descent) / 1_000)
        // A font that claims nothing gets 0.95 and 0.35 from poppler (GfxFont.cc); LibreOffice's fonts claim nothing.
        let claimed = word.height / size
        let below = abs(claimed - 1.3) < 0.03 ? 0.35 : max(0, claimed - ascent)
        let baseline = page.height - word.bottom + below * size
        return PDFRectangle(
            x: left, y: baseline - descent * size, width: right - left, height: (ascent + descent) * size)
    }

    /// The gap between `Số:` and the notation, in the upper third of the first page.
    private static func number(on page: PageText) -> (OfficialFields.Box, Double, isFlushRight: Bool)? {
        for word in page.words where word.bottom < page.height / 3 && ["số:", "số"].contains(self.fold(word.text)) {
            let follower = self.next(after: word, on: page)
            // Without a notation behind it, as much room as four digits and a notation need.
            let right = follower.map { min($0.left, word.right + 200) } ?? word.right + 110
            guard right - word.right >= 14,
                follower.map({ $0.text.hasPrefix("/") || $0.left - word.right > 60 }) ?? true
            else { continue }
            let size = self.size(of: word, .regular)
            let rectangle = self.box(page, from: word.right + 3, to: right, line: word, size: size, .regular)
            return (OfficialFields.Box(page: 0, rectangle: rectangle), size, follower?.text.hasPrefix("/") == true)
        }
        return nil
    }

    /// The gaps in `ngày … tháng … năm …`, in the upper third of the first page.
    private static func date(on page: PageText) -> (OfficialFields.DateLine, Double)? {
        for day in page.words where day.bottom < page.height / 3 && self.fold(day.text) == "ngày" {
            guard let month = self.next(after: day, on: page), self.fold(month.text) == "tháng",
                let year = self.next(after: month, on: page), self.fold(year.text) == "năm",
                month.left - day.right >= 12, year.left - month.right >= 12
            else { continue }
            let printed = self.next(after: year, on: page).flatMap { word -> (year: Int, right: Double)? in
                Int(word.text.filter(\.isNumber)).map { ($0, word.right) }
            }
            let size = self.size(of: day, .italic)
            var right = year.left
            var yearX: Double?
            if printed == nil {
                yearX = year.right + 1.6 * size
                right = min(page.width, year.right + 3 * size)
            }
            let line = OfficialFields.DateLine(
                page: 0, rectangle: self.box(page, from: day.right, to: right, line: day, size: size, .italic),
                dayX: (day.right + month.left) / 2, monthX: (month.right + year.left) / 2, yearX: yearX,
                printedYear: printed?.year)
            return (line, size)
        }
        return nil
    }

    /// The room above the last line that is the signer's name, centred on it.
    private static func signature(above name: String, on page: PageText) -> PDFRectangle? {
        let wanted = self.fold(name).split(separator: " ").map(String.init)
        guard !wanted.isEmpty, page.words.count >= wanted.count else { return nil }
        for start in (0...(page.words.count - wanted.count)).reversed() {
            let run = page.words[start..<(start + wanted.count)]
            guard zip(run, wanted).allSatisfy({ self.fold($0.text) == $1 }), let first = run.first, let last = run.last,
                first.isOnLine(of: last)
            else { continue }
            let centre = (first.left + last.right) / 2
            let width = self.signatureWidth / page.unit
            let left = min(max(0, centre - width / 2), max(0, page.width - width))
            // The lowest text above the name that the picture would touch.
            let ceiling =
                page.words.filter {
                    $0.bottom <= first.top + 1 && $0.right > left && $0.left < left + width
                }.map(\.bottom).max() ?? 0
            let room = first.top - ceiling - 4 / page.unit
            guard room * page.unit >= 24 else { continue }
            let height = min(self.signatureHeight / page.unit, room)
            let bottom = ceiling + (first.top - ceiling + height) / 2
            return PDFRectangle(x: left, y: page.height - bottom, width: width, height: height)
        }
        return nil
    }
}
