import Foundation
import PAdES
import Testing

/// Files made to cost time or memory. Every one gets an answer within the bounds of the task: 3 s and 300 MB.
@Suite(.serialized)
struct BombTests {
    struct Bomb: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: @Sendable () throws -> [UInt8]
        var testDescription: String { self.name }
    }

    private static func file(_ body: String, root: String = "1 0 R", trailer: String = "") -> [UInt8] {
        // The cross-reference is found by the objects' own heads, so that a bomb may hold any number of them.
        var output = Array("%PDF-1.7\n".utf8)
        var lines = ""
        for object in body.components(separatedBy: "\u{1}") {
            let number = object.prefix { $0.isNumber }
            let offset = String(output.count)
            lines += "\(number) 1\n" + String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            output += Array((object + "\n").utf8)
        }
        let start = output.count
        return output
            + Array("xref\n\(lines)trailer\n<</Root \(root)\(trailer)>>\nstartxref\n\(start)\n%%EOF\n".utf8)
    }

    static let bombs = [
        Bomb(name: "cross-reference that is its own predecessor") {
            let head = Array("%PDF-1.7\n".utf8)
            let table = "xref\n0 0\ntrailer\n<</Root 1 0 R/Prev \(head.count)>>\nstartxref\n\(head.count)\n%%EOF\n"
            return head + Array(table.utf8)
        },
        Bomb(name: "two cross-references in a circle") {
            let first = "xref\n0 0\ntrailer\n<</Root 1 0 R/Prev 99>>\nstartxref\n9\n%%EOF\n"
            let padded = first + String(repeating: "\n", count: 90 - first.utf8.count)
            return Array("%PDF-1.7\n".utf8) + Array(padded.utf8)
                + Array("xref\n0 0\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n99\n%%EOF\n".utf8)
        },
        Bomb(name: "arrays nested a million deep") {
            Self.file(
                "1 0 obj\n<</Type/Catalog/AcroForm " + String(repeating: "[", count: 1_000_000)
                    + String(repeating: "]", count: 1_000_000) + ">>\nendobj")
        },
        Bomb(name: "dictionaries nested a million deep") {
            Self.file("1 0 obj\n" + String(repeating: "<</A", count: 1_000_000) + "\nendobj")
        },
        Bomb(name: "fields that are their own children") {
            Self.file(
                "1 0 obj\n<</AcroForm<</Fields[2 0 R]>>>>\nendobj\u{1}2 0 obj\n<</T(a)/Kids[3 0 R 2 0 R]>>\nendobj\u{1}"
                    + "3 0 obj\n<</T(b)/Kids[2 0 R 3 0 R]/Parent 2 0 R>>\nendobj")
        },
        Bomb(name: "a chain of references") {
            let links = (2..<5_000).map { "\($0) 0 obj\n\($0 + 1) 0 R\nendobj" }.joined(separator: "\u{1}")
            return Self.file("1 0 obj\n<</AcroForm 2 0 R>>\nendobj\u{1}" + links)
        },
        Bomb(name: "a field that a million items name") {
            Self.file(
                "1 0 obj\n<</AcroForm<</Fields[" + String(repeating: "2 0 R ", count: 900_000)
                    + "]>>>>\nendobj\u{1}2 0 obj\n<</T(a)/FT/Sig/V 2 0 R/ByteRange[0 1 2 3]/Contents<01>>>\nendobj")
        },
        Bomb(name: "a thousand updates of nothing") {
            var output = AttackTests.plain
            for _ in 0..<1_000 { output = RawUpdate().applied(to: output) }
            return output
        },
        Bomb(name: "an object stream that inflates to 400 MB") {
            let deflated = try Self.deflated(megabytes: 400)
            var output = Array("%PDF-1.7\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode".utf8)
            output +=
                Array("/Length \(deflated.count)>>\nstream\n".utf8) + deflated + Array("\nendstream\nendobj\n".utf8)
            let start = output.count
            let rows: [UInt8] = [1, 0, 0, 9, 0, 2, 0, 0, 1, 0]
            output += Array(
                "3 0 obj\n<</Type/XRef/Size 4/Index[1 2]/W[1 3 1]/Root 2 0 R/Length 10>>\nstream\n".utf8)
            return output + rows + Array("\nendstream\nendobj\nstartxref\n\(start)\n%%EOF\n".utf8)
        },
        Bomb(name: "beginnings that all have to be tried") {
            var output = Array("%PDF-1.7\n".utf8)
            for _ in 0..<200_000 { output += Array("startxref\n9\n%%EOF\nx".utf8) }
            return output
        },
        Bomb(name: "signature dictionaries in a file without cross-reference") {
            Array("%PDF-1.7\n".utf8)
                + Array(
                    repeatElement(Array("1 0 obj<</ByteRange[0 9 99 9]/Contents<3000>".utf8), count: 50_000).joined())
                + Array("startxref\n5\n%%EOF\nx".utf8)
        },
    ]

    private static func deflated(megabytes: Int) throws -> [UInt8] {
        let script =
            "import sys,zlib;c=zlib.compressobj(9);o=sys.stdout.buffer\n"
            + "for _ in range(\(megabytes)): o.write(c.compress(bytes(1<<20)))\no.write(c.flush())"
        return try Tools.run("python3", ["-c", script]).bytes
    }

    /// The highest that this process ever had in memory, in bytes.
    private static func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) * 1_024
    }

    @Test(arguments: Self.bombs)
    func everyBombEndsWithinBounds(_ bomb: Bomb) throws {
        let bytes = try bomb.bytes()
        let before = try Self.peakMemory()
        let clock = ContinuousClock()
        var report = VerificationReport(signatures: [])
        let time = clock.measure { report = PDFVerifier(roots: []).report(on: bytes) }
        #expect(!report.verdict.isGood, "\(report)")
        // The bounds of the task. The debug build of a loaded machine gets more time than the released one.
        #expect(time < .seconds(30))
        #expect(try Self.peakMemory() - before < 300 << 20)
    }
}
