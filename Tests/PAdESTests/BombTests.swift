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
        Bomb(name: "a signature of two million values") {
            var signature = ForeignSignature()
            signature.space = 4_000_010
            return try signature.signed { _ in
                [0x30, 0x83, 0x3D, 0x09, 0x00]
                    + Array(repeatElement([0x05, 0x00] as [UInt8], count: 2_000_000).joined())
            }
        },
        Bomb(name: "pages of a million numbers") {
            let kids = (3..<53).map { "\($0) 0 R" }.joined(separator: " ")
            let numbers = String(repeating: "0 ", count: 200_000)
            let pages = (3..<53).map {
                "\($0) 0 obj\n<</FT/Sig/T(a\($0))/MediaBox[0 0 9 9]/X[\(numbers)]>>\nendobj"
            }
            return Self.file(
                "1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[\(kids)]>>>>\nendobj\u{1}2 0 obj\n<</Kids[\(kids)]>>"
                    + "\nendobj\u{1}" + pages.joined(separator: "\u{1}"))
        },
        Bomb(name: "a form walked anew for each of many updates") {
            let kids = (2..<1_502).map { "\($0) 0 R" }.joined(separator: " ")
            let fields = (2..<1_502).map { "\($0) 0 obj\n<</FT/Tx/T(a\($0))>>\nendobj" }
            let catalog = { (count: Int) in "<</Type/Catalog/AcroForm<</Fields[\(kids)]>>/Version/2.\(count)>>" }
            var output = Self.file(
                "1 0 obj\n\(catalog(0))\nendobj\u{1}" + fields.joined(separator: "\u{1}"), trailer: "/Size 1502")
            var previous = RawUpdate.lastStart(output)
            for count in 1...400 {
                let start = output.count
                let body = "1 0 obj\n\(catalog(count))\nendobj\n"
                let offset = String(String(10_000_000_000 + start).dropFirst())
                output += Array(
                    "\(body)xref\n1 1\n\(offset) 00000 n \ntrailer\n<</Size 1502/Root 1 0 R/Prev \(previous)>>\n".utf8)
                previous = start + body.utf8.count
                output += Array("startxref\n\(previous)\n%%EOF\n".utf8)
            }
            return output
        },
        Bomb(name: "signatures that each cover all of a large file") {
            // Each range ends with the file and begins with it; only the gap differs.
            let names = (0..<80).map { "\(2 + $0) 0 R" }.joined(separator: " ")
            let digits = String(repeating: "30", count: 200)
            var bodies = ["1 0 obj\n<</Type/Catalog/AcroForm<</Fields[\(names)]>>>>\nendobj"]
            for index in 0..<80 {
                bodies.append("\(2 + index) 0 obj\n<</FT/Sig/T(a\(index))/V \(102 + index) 0 R>>\nendobj")
            }
            let blank = "[0 1111111111 2222222222 3333333333]"
            for index in 0..<80 {
                bodies.append(
                    "\(102 + index) 0 obj\n<</SubFilter/adbe.x509.rsa_sha1/ByteRange\(blank)/Contents<\(digits)>>>\nendobj"
                )
            }
            bodies.append(
                "300 0 obj\n<</Length 8000000>>\nstream\n\(String(repeating: "x", count: 8_000_000))\nendstream\nendobj"
            )
            let output = Self.file(bodies.joined(separator: "\u{1}"))
            let parts = String(decoding: output, as: UTF8.self).components(separatedBy: blank)
            var whole = parts[0]
            var place = parts[0].utf8.count
            for part in parts.dropFirst() {
                let gap = place + blank.utf8.count + "/Contents".utf8.count
                let end = gap + digits.utf8.count + 2
                let numbers = [gap, end, output.count - end].map { String(String(10_000_000_000 + $0).dropFirst()) }
                whole += "[0 " + numbers.joined(separator: " ") + "]" + part
                place += blank.utf8.count + part.utf8.count
            }
            return Array(whole.utf8)
        },
        Bomb(name: "revocation lists that inflate without end") {
            let deflated = try Self.deflated(megabytes: 16)
            var output = Array("%PDF-1.7\n".utf8)
            var lines = ""
            func add(_ number: Int, _ body: [UInt8]) {
                lines += "\(number) 1\n" + String(String(10_000_000_000 + output.count).dropFirst()) + " 00000 n \n"
                output += Array("\(number) 0 obj\n".utf8) + body + Array("\nendobj\n".utf8)
            }
            let lists = (10..<110).map { "\($0) 0 R" }.joined(separator: " ")
            add(1, Array("<</Type/Catalog/AcroForm<</Fields[2 0 R]>>/DSS<</CRLs[\(lists)]>>>>".utf8))
            add(2, Array("<</FT/Sig/T(a)/V 3 0 R>>".utf8))
            add(3, Array("<</SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<3000>>>".utf8))
            for number in 10..<110 {
                add(
                    number,
                    Array("<</Filter/FlateDecode/Length \(deflated.count)>>\nstream\n".utf8) + deflated
                        + Array("\nendstream".utf8))
            }
            let start = output.count
            return output
                + Array("xref\n\(lines)trailer\n<</Size 200/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n".utf8)
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
        var report: FileAssessment?
        let now = SigningTime(secondsSince1970: 1_795_000_000)
        let time = clock.measure { report = PDFVerifier(roots: []).assess(bytes, now: now) }
        #expect(report?.verdict.isGood == false)
        // The bounds of the task. The debug build of a loaded machine gets more time than the released one.
        #expect(time < .seconds(30))
        #expect(try Self.peakMemory() - before < 300 << 20)
    }
}
