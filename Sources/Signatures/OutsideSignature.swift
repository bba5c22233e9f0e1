import Foundation
import PAdES
import Platform
import Postgres

/// A signature that was made outside, by any program: what a file that somebody brings back adds to the one that was given out.
public struct OutsideSignature: Sendable {
    /// Why the file that was brought back is not the one that was given out with one good signature more.
    public enum Fault: String, Error, RefusalConvertible, Hashable {
        /// It does not begin with the bytes that were given out.
        case differs = "signed_file_differs"
        /// Something else than a signature was added.
        case changed = "signed_file_changed"
        /// There is no new signature, more than one, or it stands in another field than the one kept for it.
        case notOne = "signed_file_not_one"
        /// The new signature, or an earlier one, is not valid.
        case invalid = "signed_file_invalid"
        /// It allows no number and no date to be filled in afterwards.
        case locked = "signed_file_locked"

        public var refusal: Refusal { Refusal(422, self.rawValue) }
    }

    /// DER.
    public let certificate: [UInt8]
    /// The issuers that came with it, DER.
    public let chain: [[UInt8]]
}

extension KeyRoom {
    /// The file as it is given out to be signed elsewhere: with the fields for number, date, signature and seal, or with number and date filled
    /// in. The same bytes every time. Throws `SignaturesError.notSignable`.
    public func form(of pdf: [UInt8], _ sheet: Sheet) async throws -> [UInt8] {
        try await self.papers.run {
            do {
                return pdf + (try sheet.addition(to: pdf))
            } catch let error as PDFError {
                throw SignaturesError.notSignable(reason: error.code)
            }
        }
    }

    /// Checks that `signed` is `form` with one valid signature in the field of that purpose, and nothing else. Throws
    /// `OutsideSignature.Fault`.
    public func outsideSignature(
        in signed: [UInt8], over form: [UInt8], for purpose: CertificatePurpose
    ) async throws -> OutsideSignature {
        return try await self.papers.run {
            guard signed.count > form.count, signed.starts(with: form) else { throw OutsideSignature.Fault.differs }
            let verifier = PDFVerifier(roots: [])
            let before = verifier.report(on: form).signatures.filter { $0.kind == .signature }
            let after = verifier.report(on: signed).signatures.filter { $0.kind == .signature }
            let field = purpose == .signer ? OfficialFields.signerName : OfficialFields.sealName
            guard after.count == before.count + 1, let new = after.last, new.fieldName == field else {
                throw OutsideSignature.Fault.notOne
            }
            do {
                let changes = try verifier.additions(after: form.count, in: signed)
                guard changes.allSatisfy(\.isAllowed) else { throw OutsideSignature.Fault.changed }
            } catch is PDFError {
                throw OutsideSignature.Fault.changed
            }
            guard after.allSatisfy({ $0.verdict == .valid }), let certificate = new.certificate else {
                throw OutsideSignature.Fault.invalid
            }
            guard purpose == .seal || new.certificationLevel != 1 else { throw OutsideSignature.Fault.locked }
            return OutsideSignature(
                certificate: certificate, chain: Array(new.certificates.filter { $0 != certificate }.prefix(8)))
        }
    }
}
