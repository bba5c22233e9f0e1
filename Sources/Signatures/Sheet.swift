import Foundation
import PAdES
import Postgres

/// What goes onto a PDF with a signature: who signs, and what has to be there first.
public struct Sheet: Sendable {
    /// What is done to the file: signed by its signer, or numbered, dated and sealed.
    public enum Act: Sendable {
        /// The competent person: the fields for number, date, signature and seal are put in, placed by the words of the pages
        /// (poppler's XHTML) or, for the signature, where the signer wants it; and the file is certified for form filling.
        case sign(words: String, place: SignaturePlace?)
        /// The organisation: number and date are filled in, then the seal signs, last of all.
        case seal(number: String, issuedOn: CalendarDate, parent: String?)
    }

    public let act: Act
    /// Of the person who signs.
    public let name: String
    public let organisation: String

    public init(act: Act, name: String, organisation: String) {
        self.act = act
        self.name = name
        self.organisation = organisation
    }

    /// What is put after the file before it is signed. Throws `PDFError`, and `SignaturesError.placeOutsidePage`.
    func addition(to pdf: [UInt8]) throws -> [UInt8] {
        switch self.act {
        case .sign(let words, let place):
            let pages = try PDFInspection(pdf).pages
            return try OfficialFields.placed(byWords: words, signer: self.name, at: place, on: pages).adding(to: pdf)
        case .seal(let number, let day, _):
            guard let date = OfficialDate(day: Int(day.day), month: Int(day.month), year: Int(day.year)) else {
                throw PDFError.fieldMissing(OfficialFields.dateName)
            }
            return try OfficialFields.filling(number: number, date: date, in: pdf)
        }
    }

    /// What the signature is to be, at this moment.
    func request(certificate: [UInt8], chain: [[UInt8]]) -> SigningRequest {
        let time = SigningTime(secondsSince1970: Int64(Date().timeIntervalSince1970))
        switch self.act {
        case .sign:
            return SigningRequest(
                purpose: .signer, place: .field(OfficialFields.signerName), certificate: certificate, chain: chain,
                time: time,
                name: self.name, appearance: .signatureText(name: self.name, time: time))
        case .seal(_, _, let parent):
            return SigningRequest(
                purpose: .seal, place: .field(OfficialFields.sealName), certificate: certificate, chain: chain,
                time: time,
                name: self.organisation, appearance: .sealDrawing(organisation: self.organisation, parent: parent))
        }
    }
}
