/// The fields of an outgoing document: where they are on its pages. Decree 30/2020, Annex I: box 3 (number), box 4 (place and
/// date), box 7c (signature), box 8 (seal).
public struct OfficialFields: Hashable, Sendable, Codable {
    /// `vanthu.number`, `vanthu.date`, `vanthu.signer`, `vanthu.seal`: full field names.
    public static let numberName = "vanthu.number"
    public static let dateName = "vanthu.date"
    public static let signerName = "vanthu.signer"
    public static let sealName = "vanthu.seal"

    /// A rectangle on a page; the first page is 0.
    public struct Box: Hashable, Sendable, Codable {
        public var page: Int
        public var rectangle: PDFRectangle
        public init(page: Int, rectangle: PDFRectangle) {
            self.page = page
            self.rectangle = rectangle
        }
    }

    /// The line `ngày … tháng … năm …`: one field whose parts are written into the gaps between the printed words.
    public struct DateLine: Hashable, Sendable, Codable {
        public var page: Int
        /// Encloses every gap.
        public var rectangle: PDFRectangle
        /// Where day, month and year are centred, as seen, from the left edge of the page. All `nil`: nothing is printed, and
        /// the whole text `ngày 05 tháng 11 năm 2026` is written into the rectangle.
        public var dayX: Double?
        public var monthX: Double?
        public var yearX: Double?
        /// The year the document prints already; a date of another year is refused.
        public var printedYear: Int?

        public init(
            page: Int, rectangle: PDFRectangle, dayX: Double? = nil, monthX: Double? = nil, yearX: Double? = nil,
            printedYear: Int? = nil
        ) {
            self.page = page
            self.rectangle = rectangle
            self.dayX = dayX
            self.monthX = monthX
            self.yearX = yearX
            self.printedYear = printedYear
        }
    }

    public var number: Box?
    /// Whether the number stands at the right end of its box, before a printed notation (`01/BĐHN-VP`), or at the left end.
    public var numberIsFlushRight = true
    public var date: DateLine?
    public var signer: Box?
    public var seal: Box?
    /// The size of the text in points; the decree wants 13 for the number and 13–14 for the date.
    public var numberSize: Double
    public var dateSize: Double

    public init(
        number: Box?, date: DateLine?, signer: Box?, seal: Box?, numberSize: Double = 13, dateSize: Double = 13
    ) {
        self.number = number
        self.date = date
        self.signer = signer
        self.seal = seal
        self.numberSize = numberSize
        self.dateSize = dateSize
    }
}

/// A calendar date to be written on a document.
public struct OfficialDate: Hashable, Sendable, Codable {
    public let day: Int
    public let month: Int
    public let year: Int

    /// Returns `nil` for a day that doesn't exist or a year outside 1945–9999.
    public init?(day: Int, month: Int, year: Int) {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), (1945...9999).contains(year) else {
            return nil
        }
        self.day = day
        self.month = month
        self.year = year
    }

    /// A leading zero for days below 10 and for the months 1 and 2 only (Decree 30/2020, Annex I, part I.II.4).
    var dayText: String { self.day < 10 ? "0\(self.day)" : "\(self.day)" }
    var monthText: String { self.month < 3 ? "0\(self.month)" : "\(self.month)" }
    public var text: String { "ngày \(self.dayText) tháng \(self.monthText) năm \(self.year)" }
}
