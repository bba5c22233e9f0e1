import Foundation
import Glibc

/// How the server reaches the signer: in a process of its own, or in this one for tests and single commands.
enum SignerLine: Sendable {
    case here(SignerService)
    case socket(path: String)

    /// Asks and waits. Blocking.
    ///
    /// - Throws: `SignaturesError.signerUnavailable`, `.signerLost`.
    func ask(_ request: SignerRequest, pin: SecretBytes?) throws -> SignerReply {
        let path: String
        switch self {
        case .here(let service): return service.answer(request, pin: pin)
        case .socket(let place): path = place
        }
        guard let socket = try? LocalSocket.open(at: path, { connect($0, $1, $2) }) else {
            throw SignaturesError.signerUnavailable
        }
        defer { close(socket) }
        SignerFrame.limit(socket, seconds: 60)
        do {
            try SignerFrame.write(request, pin: pin, to: socket)
            return try SignerFrame.read(SignerReply.self, from: socket).body
        } catch {
            throw SignaturesError.signerLost
        }
    }
}
