import Foundation
import Platform
import Postgres
import Signatures

/// Registers the certificates that a remote service keeps for the caller, or for clerks the organisation's: those of the caller's own name.
public struct RegisterRemoteCertificates: Sendable {
    public let purpose: CertificatePurpose
    public let provider: String
    /// Who the caller is to the service: CCCD, tax number.
    public let user: String
    /// One credential alone; nil: all that are the caller's.
    public let credential: String?
    let desk: SigningDesk

    public init(
        purpose: CertificatePurpose, provider: String, user: String, credential: String?, desk: SigningDesk
    ) {
        self.purpose = purpose
        self.provider = provider
        self.user = user
        self.credential = credential
        self.desk = desk
    }

    /// The certificates' ids. Of another's certificates nothing is told: they are as if they were not there. Throws `RemoteSigningError`,
    /// `SignaturesError`.
    public func callAsFunction(as caller: Caller) async throws -> [UUID] {
        let (purpose, provider, user) = (self.purpose, self.provider, self.user)
        // Before anything is asked of the service.
        try await self.desk.database.transaction(as: caller) { transaction in
            transaction.queue("SELECT platform.ensure_in_person()")
            if purpose == .seal {
                transaction.queue("SELECT platform.ensure(platform.current_role() = 'clerk', 'VT403', 'clerk_only')")
            }
            _ = try transaction.one("SELECT true") { try $0.column(0, as: Bool.self) }
        }
        let found = try await self.desk.remote.service(provider).certificates(of: user)
            .filter { self.credential == nil || $0.credential == self.credential }
        var registered: [UUID] = []
        var firstRefusal: (any Error)?
        for certificate in found {
            do {
                let device = try DeviceCertificate(
                    purpose: purpose, device: .remote, certificate: certificate.certificate, chain: certificate.chain)
                let kind = try await self.desk.kind(of: device)
                registered.append(
                    try await self.desk.database.transaction(as: caller) { transaction in
                        try RemoteCredential.register(
                            certificate, purpose: purpose, provider: provider, user: user, kind: kind, in: transaction)
                    })
            } catch {
                guard Refusal(of: error) != nil else { throw error }
                if error as? SignaturesError != .certificateOfAnother { firstRefusal = firstRefusal ?? error }
            }
        }
        guard registered.isEmpty else { return registered }
        throw firstRefusal ?? RemoteSigningError.credentialUnknown
    }
}
