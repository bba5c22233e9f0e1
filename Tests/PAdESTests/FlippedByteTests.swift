import Foundation
import PAdES
import Testing

/// No byte of a signed file may be another without the verdict noticing, but the zeros that pad a signature.
///
/// A share of the flips runs every time; all of them with VANTHU_ALL_FLIPS=1, which takes minutes.
@Suite(.enabled(if: Tools.has("openssl"), "skipped: openssl is not installed"))
struct FlippedByteTests {
    static let isWhole = ProcessInfo.processInfo.environment["VANTHU_ALL_FLIPS"] == "1"

    /// Runs of zero digits within a long hexadecimal string.
    static func padding(of pdf: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        for (place, byte) in pdf.enumerated() {
            if byte == 0x30 {
                start = start ?? place
            } else if let first = start {
                if place - first > 1_000 { ranges.append(first..<place) }
                start = nil
            }
        }
        return ranges
    }

    private func survivors(_ pdf: [UInt8], _ flips: some Sequence<(place: Int, mask: UInt8)>) -> [String] {
        let padding = Self.padding(of: pdf)
        let verifier = PDFVerifier(roots: [])
        var changed = pdf
        var survivors: [String] = []
        for (place, mask) in flips where !padding.contains(place) {
            changed[place] ^= mask
            if verifier.report(on: changed).verdict.isGood { survivors.append("byte \(place) xor \(mask)") }
            changed[place] ^= mask
        }
        return survivors
    }

    @Test(arguments: [TestPKI.Key.p256, .rsa2048])
    func noFlippedByteOfASmallFileIsEverGood(key: TestPKI.Key) throws {
        let pki = try TestPKI.shared.get()
        for source in [SmallPDF.table(), SmallPDF.stream()] {
            let pdf = try pki.signed(source, .approval, .hidden("sig"), key: key)
            #expect(PDFVerifier(roots: []).report(on: pdf).verdict == .valid)
            let step = Self.isWhole ? 1 : 37
            let masks: [UInt8] = Self.isWhole ? [1, 2, 4, 8, 16, 32, 64, 128, 255] : [1, 32]
            let flips = stride(from: 0, to: pdf.count, by: step).flatMap { place in masks.map { (place, $0) } }
            #expect(self.survivors(pdf, flips.map { (place: $0.0, mask: $0.1) }) == [])
        }
    }

    @Test func noFlippedByteOfALaterUpdateIsEverGood() throws {
        let pki = try TestPKI.shared.get()
        let first = try pki.signed(AttackTests.plain, .signer, .hidden("sig"))
        let second = try pki.signed(first, .approval, .field("later"), key: .p384)
        #expect(PDFVerifier(roots: []).report(on: second).verdict == .valid)
        var random = SeededGenerator(state: 20_261_125)
        let flips = (0..<(Self.isWhole ? 10_000 : 150)).map { _ in
            (place: Int.random(in: second.indices, using: &random), mask: UInt8.random(in: 1...255, using: &random))
        }
        #expect(self.survivors(second, flips) == [])
    }

    /// What other programs signed may carry certificates and time stamps that the signature itself doesn't cover; a flip in
    /// those proves nothing about the document.
    @Test(arguments: Sample.all.filter { $0.verdict == "VALID" })
    func noFlippedByteThatAForeignSignatureCoversIsEverGood(sample: Sample) throws {
        let pdf = try sample.bytes()
        let report = PDFVerifier(roots: []).report(on: pdf)
        let covered = try #require(report.signatures.compactMap(\.signedLength).max())
        let gaps = Self.longHex(in: pdf)
        var random = SeededGenerator(state: 20_261_125)
        var flips: [(place: Int, mask: UInt8)] = []
        while flips.count < (Self.isWhole ? 1_000 : 6) {
            let place = Int.random(in: 0..<covered, using: &random)
            if !gaps.contains(place) { flips.append((place, UInt8.random(in: 1...255, using: &random))) }
        }
        #expect(self.survivors(pdf, flips) == [])
    }

    /// The hexadecimal strings that are long enough for a signature.
    private static func longHex(in pdf: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        for (place, byte) in pdf.enumerated() {
            if byte == 0x3C {
                start = place
            } else if byte == 0x3E, let first = start {
                if place - first > 1_000 { ranges.append(first..<place) }
                start = nil
            }
        }
        return ranges
    }
}
