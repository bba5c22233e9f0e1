import Foundation

/// The JSON of the agent's four endpoints. Bytes are base64.
enum AgentMessages {
    struct Status: Encodable {
        let agent = "vanthu"
        let version = 1
        let paired: Bool
        let busy: Bool
    }

    struct Pair: Decodable { let code: String }
    struct Paired: Encodable { let token: String }

    struct Certificates: Encodable {
        struct Entry: Encodable {
            /// SHA-256 of the certificate in hexadecimal.
            let id: String
            let certificate: Data
            let authorities: [Data]
            let subject: String
            let issuer: String
            let serial: String
            let not_before: String
            let not_after: String
            let token: String
            let token_serial: String
            let tries_left: TriesLeft
            /// The best first.
            let algorithms: [TokenAlgorithm]

            init(_ certificate: TokenCertificate) {
                let facts = certificate.facts
                self.id = facts.fingerprint
                self.certificate = Data(facts.der)
                self.authorities = certificate.authorities.map { Data($0) }
                self.subject = facts.subject
                self.issuer = facts.issuer
                self.serial = facts.serial
                self.not_before = facts.notBefore
                self.not_after = facts.notAfter
                self.token = certificate.token.label
                self.token_serial = certificate.token.serial
                self.tries_left = certificate.token.triesLeft
                self.algorithms = certificate.algorithms
            }
        }

        let certificates: [Entry]
    }

    struct Sign: Decodable {
        struct Item: Decodable {
            let name: String
            let digest: Data
        }

        let certificate: String
        let algorithm: String
        let items: [Item]
    }

    struct Signed: Encodable {
        /// In the order of the items: RSA as it is, ECDSA as r ‖ s.
        let signatures: [Data]
    }

    struct Problem: Encodable {
        let code: String
        var field: String?
        var tries_left: TriesLeft?

        init(_ error: AgentError) {
            self.code = error.code
            if case .badRequest(let field) = error { self.field = field }
            if case .wrongPIN(let left) = error { self.tries_left = left }
        }
    }
}
