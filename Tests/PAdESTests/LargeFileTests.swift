import Foundation
import PAdES
import Testing

/// Above 99,999,999 bytes the numbers of a byte range have nine digits, which has broken narrower ones.
struct LargeFileTests {
    @Test func aFileAboveAHundredMillionBytesIsSigned() throws {
        let pki = try TestPKI.shared.get()
        var pdf = Array("%PDF-1.7\n".utf8)
        var offsets: [Int] = []
        func add(_ body: [UInt8]) {
            offsets.append(pdf.count)
            pdf += Array("\(offsets.count) 0 obj\n".utf8) + body + Array("\nendobj\n".utf8)
        }
        pdf.reserveCapacity(110_000_000)
        add(Array("<</Type/Catalog/Pages 2 0 R>>".utf8))
        add(Array("<</Type/Pages/Kids[3 0 R]/Count 1>>".utf8))
        add(Array("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>".utf8))
        let filling = 105_000_000
        add(
            Array("<</Length \(filling)>>\nstream\n".utf8) + [UInt8](repeating: 0x2E, count: filling)
                + Array("\nendstream".utf8))
        let start = pdf.count
        var table = "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            table += String(repeating: "0", count: 10 - String(offset).count) + "\(offset) 00000 n \n"
        }
        pdf += Array((table + "trailer\n<</Size \(offsets.count + 1)/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n").utf8)

        let request = SigningRequest(
            purpose: .approval, place: .hidden("Sig"), certificate: try pki.certificate(.p256), chain: [pki.issuer],
            time: SigningTime(secondsSince1970: 1_795_000_000))
        let prepared = try PreparedSignature.prepare(pdf, request)
        let value = try pki.sign(prepared.signedAttributes, .p256, prepared.algorithm)
        // What is appended is small: the file itself is neither changed nor copied.
        let appended = try prepared.completing(over: pdf, with: value)
        #expect(appended.count < 40_000 && prepared.byteRange[1] > 100_000_000)
        pdf += appended
        try Judges.accept(pdf, signatures: 1, pki: pki)
        #expect(try pki.verifier.verify(pdf).isValidAndTrusted)
    }
}
