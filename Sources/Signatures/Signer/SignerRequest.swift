import Foundation
import PAdES

/// What the signer is asked: everything that needs a private key which the server keeps. A PIN travels beside it, never in it.
enum SignerRequest: Codable, Sendable {
    /// Opens a soft key under the PIN and signs, in their order.
    case sign(wrapped: Data, binding: KeyBinding, [Signable])
    /// Makes a soft key under the PIN and has the authority certify it.
    case issue(id: UUID, tenant: UUID, Certification)
    /// Has the authority certify a key that is elsewhere (DER of the SubjectPublicKeyInfo).
    case certify(publicKey: Data, Certification)
    /// What one authority does with its own key.
    case perform(AuthorityAct, by: Authority)
    /// Makes an authority below another one, or a root.
    case found(Founding)
    /// Tells which secret the signer works with, after opening these authorities' keys with it.
    case fingerprint(opening: [Authority])

    /// Data to be signed with a rule.
    struct Signable: Codable, Sendable {
        let data: Data
        let algorithm: SignatureAlgorithm
    }

    /// By whom and for whom a certificate is issued.
    struct Certification: Codable, Sendable {
        let authority: Authority
        let settings: AuthoritySettings
        let subject: DistinguishedName
        let validity: CertificateValidity
    }

    /// What a new authority is to be.
    struct Founding: Codable, Sendable {
        let kind: Authority.Kind
        let id: UUID
        let owner: String
        let generation: Int
        let issuer: Authority?
        let settings: AuthoritySettings
        let now: Int64
    }
}

/// What the signer answers.
enum SignerReply: Codable, Sendable {
    case values([Data])
    case issued(certificate: Data, wrapped: Data)
    /// DER: a certificate, a list, an answer, a time stamp.
    case bytes(Data)
    case authority(Authority)
    /// The PIN does not open the key.
    case wrongPIN
    /// The authority's key is not kept with it.
    case offline
    /// A kept key is wrapped under another secret than the signer's.
    case otherSecret
    /// As many wait as may.
    case overloaded
    /// The operation failed; a word for the log.
    case failed(String)
}
