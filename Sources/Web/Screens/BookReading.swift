import API
import Documents
import Foundation
import Office
import Postgres

/// Which register, which of its days and numbers somebody wants to read (sổ đăng ký), as the address of the page says it.
struct BookReading: Sendable {
    /// Rows on a screen; and in print, where a register is one whole.
    static let limit = 50
    static let printLimit = 2000

    let isIncoming: Bool
    let register: UUID?
    let from: CalendarDate?
    let to: CalendarDate?
    let cursor: BookCursor?
    let isForPrint: Bool
    /// Whether nothing says where to begin.
    private let isUnbounded: Bool
    /// What is wrong with a date that was typed.
    let answer: FormAnswer?

    init(_ query: Fields, isIncoming: Bool) {
        self.isIncoming = isIncoming
        self.register = query["register"].flatMap { UUID(text: $0) }
        self.isForPrint = query["print"] != nil
        let first = query["number"].flatMap { Int64($0) }
        self.cursor = query["after"].flatMap { BookCursor($0) } ?? first.map { BookCursor(number: max($0, 1) - 1) }
        var problem: Problem?
        do throws(Problem) {
            try query.require([], dates: ["from", "to"])
        } catch {
            problem = error
        }
        self.answer = problem.map { FormAnswer(fields: query, problem: $0) }
        self.from = query["from"].flatMap { Fields.date($0) }
        self.to = query["to"].flatMap { Fields.date($0) }
        self.isUnbounded = self.cursor == nil && self.from == nil && self.to == nil && !self.isForPrint
    }

    /// Members: `registers` to choose from, the chosen `register`, its `book`. Without a register there is no book.
    ///
    /// - Parameter opensAtEnd: whether the last rows come first to the eye when nothing else was asked for, as a book lies open on the
    ///   desk of who writes in it. For whom sees every row.
    func content(opensAtEnd: Bool, in transaction: borrowing Transaction) throws -> [String: JSONValue] {
        let all = try transaction.objects(DocumentQueries.registers)
        let registers = all.filter { ($0.string("direction") == "incoming") == self.isIncoming }
        let chosen = self.chosen(of: registers)
        var content: [String: JSONValue] = [
            "is_book": true, "is_for_print": .boolean(self.isForPrint),
            "registers": .array(
                registers.map { register in
                    var register = register
                    register["is_chosen"] = .boolean(register["id"] == chosen?["id"])
                    return .object(register)
                }),
        ]
        guard let chosen, let id = chosen.string("id").flatMap({ UUID(text: $0) }) else { return content }
        content["register"] = .object(chosen)
        guard self.answer == nil else { return content }
        let limit = self.isForPrint ? Self.printLimit : Self.limit
        var cursor = self.cursor
        if opensAtEnd, self.isUnbounded, chosen.string("series_by") == "register",
            case .integer(let last)? = chosen["last_number"], last > Int64(limit)
        {
            cursor = BookCursor(number: last - Int64(limit))
            content["opens_at_end"] = true
        }
        let book =
            self.isIncoming
            ? RegisterBook.incoming(id, from: self.from, to: self.to, after: cursor, limit: limit)
            : RegisterBook.outgoing(id, from: self.from, to: self.to, after: cursor, limit: limit)
        content["book"] = try Visit.value(of: transaction.json(book, as: .page(limit: limit)))
        content["from"] = self.from.map { .string($0.description) } ?? .null
        content["to"] = self.to.map { .string($0.description) } ?? .null
        return content
    }

    /// The one that was asked for, or else the newest that numbers are given from; of outgoing and internal ones an outgoing one.
    private func chosen(of registers: [JSONObject]) -> JSONObject? {
        if let register = self.register {
            return registers.first { $0.string("id").flatMap { UUID(text: $0) } == register }
        }
        let usual = registers.filter { $0.string("direction") != "internal" }
        return usual.first { $0.string("state") == "open" } ?? usual.first ?? registers.first
    }
}
