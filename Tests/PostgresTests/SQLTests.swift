import FoundationEssentials
import Testing

@testable import Postgres

struct SQLTests {
    @Test func anInterpolatedValueBecomesAPlaceholder() {
        let name = "'; DROP TABLE document; --"
        let sql: SQL = "SELECT * FROM document WHERE name = \(name) AND year = \(2026)"
        #expect(sql.text == "SELECT * FROM document WHERE name = $1 AND year = $2")
        #expect(sql.parameters.map(\.type) == [.text, .int8])
        #expect(String(decoding: sql.values.bytes.prefix(name.utf8.count), as: UTF8.self) == name)
    }

    @Test func nilIsANullOfItsType() {
        let none: UUID? = nil
        let sql: SQL = "SELECT \(none)"
        #expect(sql.parameters.map(\.type) == [.uuid])
        #expect(sql.parameters.map(\.length) == [-1])
    }

    @Test func joinedPiecesAreNumberedThrough() {
        let tail: SQL = " OR b = \(2) OR '$1' = \("text with $1")"
        let sql = "a = \(1)" + tail
        #expect(sql.text == "a = $1 OR b = $2 OR '$1' = $3")
        #expect(sql.parameters.map(\.offset) == [0, 8, 16])
        let nested: SQL = "SELECT \(true) WHERE \(sql) LIMIT \(5)"
        #expect(nested.text == "SELECT $1 WHERE a = $2 OR b = $3 OR '$1' = $4 LIMIT $5")
        #expect(nested.parameters.map(\.type) == [.bool, .int8, .int8, .text, .int8])
        #expect(nested.values.bytes[1...] == (sql.values.bytes + [0, 0, 0, 0, 0, 0, 0, 5])[...])
    }

    @Test func pastNinePlaceholdersThePiecesStillJoin() {
        var list: SQL = "\(0)"
        for number in 1...11 { list += ", \(number)" }
        let sql: SQL = "\("first"), \(list), \("last")"
        #expect(sql.text == (1...14).map { "$\($0)" }.joined(separator: ", "))
    }

    @Test func theDescriptionLeavesParametersOut() {
        let sql: SQL = "SELECT \("secret")"
        #expect("\(sql)" == "SELECT $1")
    }

    @Test func theSameTextWithOtherTypesIsAnotherStatement() {
        var cache = StatementCache()
        let added = cache.add("SELECT \(1)")
        #expect(cache.find("SELECT \(2)") === added)
        #expect(cache.find("SELECT \("2")") == nil)
        #expect(cache.find("SELECT \(1) ") == nil)
    }

    @Test func theStatementUsedLongestAgoGoesFirst() {
        var cache = StatementCache(capacity: 2)
        let first = cache.add("SELECT 1")
        let second = cache.add("SELECT 2")
        #expect(cache.find("SELECT 1") === first)
        let third = cache.add("SELECT 3")
        #expect(cache.discarded == [second.name])
        #expect(cache.find("SELECT 1") === first)
        #expect(cache.find("SELECT 2") == nil)
        #expect(cache.find("SELECT 3") === third)
        cache.deallocated(second.name)
        #expect(cache.discarded.isEmpty)
        #expect(Set([first.name, second.name, third.name]).count == 3)
    }

    @Test func aStatementThatWasNeverParsedIsForgotten() {
        var cache = StatementCache()
        let statement = cache.add("SELECT oops")
        cache.remove(statement)
        #expect(cache.find("SELECT oops") == nil)
        #expect(cache.discarded.isEmpty)
    }

    @Test func anErrorsDescriptionHoldsNoMessage() {
        var error = DatabaseError(.uniqueViolation, message: "Key (name)=(Nguyễn Văn A) already exists.")
        error.constraint = "person_name_key"
        #expect(error.description == "DatabaseError(23505, constraint: person_name_key)")
        #expect(error.debugDescription.contains("Nguyễn Văn A"))
    }
}
