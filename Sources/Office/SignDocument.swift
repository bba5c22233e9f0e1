import Foundation
import Platform
import Postgres
import Signatures

/// Signs one document with a soft key: as its signer (ký chính) or as the organisation (ký số của cơ quan). A signing session of one document,
/// prepared and completed in one go: with a PIN alone, where the policy wants no passkey beside it.
///
/// The signer's signature puts the form fields into the PDF and certifies it. The seal comes last of all: number and date are written into
/// their fields first; only the organisation's clerks hold that task, and only after the signer (Decree 30/2020, art. 14, 17, 32). A crash
/// leaves the document unsigned and one try spent, nothing else.
public struct SignDocument: Sendable {
    public let document: UUID
    public let purpose: CertificatePurpose
    public let version: Int64
    /// Where the signer wants the signature; nil: where the words of the document say. The seal follows it.
    public let place: SignaturePlace?
    let desk: SigningDesk

    public init(
        document: UUID, purpose: CertificatePurpose, version: Int64, place: SignaturePlace? = nil, desk: SigningDesk
    ) {
        self.document = document
        self.purpose = purpose
        self.version = version
        self.place = place
        self.desk = desk
    }

    /// Throws what `PrepareSigning` and `CompleteSigning` throw; `SignaturesError.passkeyRequired` when a passkey has to answer, which takes
    /// a signing session.
    public func callAsFunction(pin: PIN, as caller: Caller) async throws -> (signature: UUID, outcome: ActOutcome) {
        let rule = self.desk.policy.secondFactor
        try await self.desk.database.transaction(as: caller) { transaction in
            try SigningSession.ensurePINIsEnough(rule, in: transaction)
        }
        let prepare = try PrepareSigning(
            purpose: self.purpose,
            wishes: [PrepareSigning.Wish(document: self.document, version: self.version, place: self.place)],
            desk: self.desk)
        try await prepare(as: caller)
        let complete = CompleteSigning(session: prepare.id, desk: self.desk)
        guard let outcome = try await complete(.pin(pin), as: caller).first else { throw SignaturesError.notFound }
        return try outcome.result.get()
    }
}
