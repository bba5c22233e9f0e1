import Foundation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Text and ids in SQL", .needsCluster, .database)
struct TextTests {
    private var database: TestDatabase { .current }

    @Test(
        "Folding forgets case, tones, their place and the normal form, and makes đ a d",
        arguments: [
            ("Công văn ĐƯỜNG Huế", "cong van duong hue"), ("hoà", "hoa"), ("hòa", "hoa"), ("thuý", "thuy"),
            ("thúy", "thuy"),
            ("12/QĐ-BĐVN", "12/qd-bdvn"), ("Ủy ban nhân dân", "uy ban nhan dan"), ("", ""), ("plain 123", "plain 123"),
        ])
    func foldingForgets(text: String, expected: String) async throws {
        for form in [text.precomposedStringWithCanonicalMapping, text.decomposedStringWithCanonicalMapping] {
            #expect(try await database.app.value("SELECT platform.fold(\(form))") == expected)
        }
    }

    @Test("A tenant's name in NFD is refused by its CHECK")
    func aNameInNFDIsRefused() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await database.owner.run(
                """
                INSERT INTO platform.tenant (code, name, abbreviation, kind)
                VALUES ('NFD', \("Huế".decomposedStringWithCanonicalMapping), 'X', 'province')
                """)
        }
        #expect(error?.constraint == "tenant_name_valid")
    }

    @Test("Ids are of version 7, in the order of time, from SQL and from Swift")
    func idsAreOfVersion7() async throws {
        let before = UUIDv7.make()
        let ids: [UUID] = try await database.app.value(
            "SELECT array_agg(platform.uuid_v7()) FROM generate_series(1, 1000)")
        for id in ids + [before] {
            #expect(id.uuid.6 >> 4 == 7)
            #expect(id.uuid.8 >> 6 == 2)
        }
        #expect(Set(ids).count == 1000)
        func milliseconds(_ id: UUID) -> UInt64 {
            [id.uuid.0, id.uuid.1, id.uuid.2, id.uuid.3, id.uuid.4, id.uuid.5].reduce(0) { $0 << 8 | UInt64($1) }
        }
        let now = UInt64(Date().timeIntervalSince1970 * 1000)
        for id in ids { #expect(milliseconds(id) + 60_000 > now && milliseconds(id) < now + 60_000) }
        #expect(milliseconds(before) + 60_000 > now && milliseconds(before) <= now)
    }

    @Test("ensure refuses with status, code and field, also when the answer is unknown", arguments: ["false", "NULL"])
    func ensureRefuses(answer: String) async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await database.app.run(
                "SELECT platform.ensure(\(unescaped: answer), 'VT409', 'already_issued', 'number')")
        }
        #expect(error?.refusalStatus == 409)
        #expect(error?.condition == "already_issued")
        #expect(error?.field == "number")
        try await database.app.run("SELECT platform.ensure(true, 'VT409', 'already_issued')")
    }
}
