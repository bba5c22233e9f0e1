import Foundation
import PAdES
import Testing

@Suite(.enabled(if: OfficialLetter.isAvailable, "skipped: LibreOffice or poppler is not installed"))
struct VerificationTests {
    let pki: TestPKI
    let travel: OfficialLetter.Travel

    private static let sharedTravel = Result {
        try OfficialLetter.shared.get().travel(try TestPKI.shared.get())
    }

    init() throws {
        self.pki = try TestPKI.shared.get()
        self.travel = try Self.sharedTravel.get()
    }

    private func verify(_ pdf: [UInt8]) throws -> VerificationReport { try self.pki.verifier.verify(pdf) }

    @Test func theIssuedLetterIsValidAndTrusted() throws {
        let report = try self.verify(self.travel.sealed)
        #expect(report.isValidAndTrusted)
        #expect(report.signatures.map(\.fieldName) == ["vanthu.signer", "vanthu.seal"])
        let signer = try #require(report.signatures.first)
        #expect(signer.certificationLevel == 2 && !signer.coversWholeFile && signer.isBaseline)
        #expect(signer.signerName == "Nguyễn Văn An" && signer.signerTitle == "Giám đốc")
        #expect(signer.algorithm == "ECDSA SHA-256")
        #expect(
            signer.changes.map { "\($0.kind.rawValue) \($0.subject)" }.sorted() == [
                "fieldFilled vanthu.date", "fieldFilled vanthu.number", "signatureAdded vanthu.seal",
            ])
        let seal = try #require(report.signatures.last)
        #expect(seal.coversWholeFile && seal.changes.isEmpty && seal.certificationLevel == nil)
    }

    @Test func eachStepOfTheTravelIsValid() throws {
        #expect(try self.verify(self.travel.prepared).signatures.isEmpty)
        #expect(try self.verify(self.travel.certified).isValidAndTrusted)
        #expect(try self.verify(self.travel.numbered).isValidAndTrusted)
    }

    @Test func anotherRootIsNotTrusted() throws {
        let other = PDFVerifier(roots: [try self.pki.certificate(.p256)])
        let report = try other.verify(self.travel.sealed)
        #expect(report.isValid && !report.isValidAndTrusted)
    }

    @Test func anExpiredCertificateIsNotTrusted() throws {
        var verifier = self.pki.verifier
        verifier.time = SigningTime(secondsSince1970: 4_000_000_000)
        let report = try verifier.verify(self.travel.sealed)
        #expect(report.isValid && !report.isValidAndTrusted)
    }

    @Test func noFlippedByteIsEverCalledValid() throws {
        var random = SeededGenerator(state: 20_261_123)
        let padding = Self.padding(of: self.travel.sealed)
        for _ in 0..<100 {
            let place = Int.random(in: self.travel.sealed.indices, using: &random)
            guard !padding.contains(place) else { continue }
            try self.expectNotValid(flipping: place, by: UInt8.random(in: 1...255, using: &random))
        }
    }

    @Test func noFlippedByteOfASignatureOrOfTheStructureIsEverCalledValid() throws {
        // The dictionaries, the first digits of the signatures, and everything behind them.
        let padding = Self.padding(of: self.travel.sealed)
        let places = self.travel.sealed.indices.suffix(40_000).filter { !padding.contains($0) }
        for place in stride(from: 0, to: places.count, by: 151) {
            try self.expectNotValid(flipping: places[place], by: 1)
        }
    }

    /// The zeros behind a signature that is shorter than its space: their digits may be any that say zero.
    private static func padding(of pdf: [UInt8]) -> [Range<Int>] {
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

    private func expectNotValid(flipping place: Int, by mask: UInt8) throws {
        var changed = self.travel.sealed
        changed[place] ^= mask
        let isValid = (try? self.verify(changed))?.isValid ?? false
        #expect(!isValid, "byte \(place) xor \(mask)")
    }

    @Test func aFileCutOffAnywhereIsNeverCalledValid() throws {
        let pdf = self.travel.sealed
        for length in stride(from: 0, to: pdf.count - 2, by: 4_999) {
            let report = try? self.verify(Array(pdf.prefix(length)))
            // What is left may be an earlier state of the letter, whole in itself, but not the issued one.
            #expect(report?.isValid != true || report?.signatures.count != 2, "length \(length)")
        }
    }

    @Test(arguments: ["garbage", "\n% a comment\n", "9 0 obj\n<<>>\nendobj\n", "\nstartxref\n9\n%%EOF\n"])
    func bytesBehindTheEndAreNotOverlooked(tail: String) throws {
        let report = self.pki.verifier.report(on: self.travel.sealed + Array(tail.utf8))
        #expect(report.signatures.map(\.verdict) == [.modified, .modified])
        #expect(report.failure != nil)
    }
}

extension Sequence where Element == Range<Int> {
    func contains(_ place: Int) -> Bool { self.contains { $0.contains(place) } }
}
