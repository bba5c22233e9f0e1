import Foundation
import PAdES

/// A service of the national shape (Decision 769/QĐ-BTTTT of 27 April 2022): `get_certificate`, `sign`, and the state of a transaction.
///
/// The person confirms in the service's app. A service may wait for that and answer with the signatures, or answer at once and be asked.
public struct NationalService: RemoteService {
    private let provider: RemoteProvider
    private let transport: RemoteTransport

    public init(_ provider: RemoteProvider, _ transport: RemoteTransport) {
        self.provider = provider
        self.transport = transport
    }

    public func certificates(of user: String) async throws -> [RemoteCertificate] {
        let answer: NationalMessages.Answer<NationalMessages.Certificates> = try await self.post(
            self.provider.certificate_path ?? "get_certificate",
            NationalMessages.GetCertificate(
                sp_id: self.provider.account ?? "", sp_password: try self.provider.secret(), user_id: user,
                serial_number: "", transaction_id: UUID().uuidString.lowercased()), isSafe: true)
        return try (answer.data?.list ?? []).map { entry in
            guard let der = NationalMessages.bytes(entry.cert_data) else {
                throw RemoteSigningError.badAnswer("cert_data")
            }
            return RemoteCertificate(
                credential: entry.serial_number, certificate: der,
                chain: (entry.chain_data?.list ?? []).compactMap { NationalMessages.bytes($0) }.filter { $0 != der },
                algorithms: self.provider.algorithms
                    ?? [.rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512, .ecdsaWithSHA256],
                batch: 100,
                authorisation: .init(pin: false, otp: false, sendsOTP: false, elsewhere: true), bindsHashes: true)
        }
    }

    /// The service asks its person by itself.
    public func sendOTP(for credential: String) async throws {}

    public func sign(_ wish: RemoteWish, with secrets: RemoteSecrets) async throws -> RemoteAnswer {
        let ticket = self.known(wish)
        let isNested = self.provider.nests_file_options == true
        let answer: NationalMessages.Answer<NationalMessages.Signed> = try await self.post(
            self.provider.sign_path ?? "sign",
            NationalMessages.Sign(
                sp_id: self.provider.account ?? "", sp_password: try self.provider.secret(), user_id: wish.user,
                transaction_id: ticket.handle, serial_number: wish.credential,
                time_stamp: NationalMessages.time(Date()),
                sign_files: wish.items.map { NationalMessages.Sign.File($0, isNested: isNested) }), isSafe: false)
        return try Self.result(of: answer, ticket)
    }

    /// The transaction's name is the wish's own, so nothing is lost if the server ends while it waits for the answer.
    public func ticket(for wish: RemoteWish) -> RemoteTicket? { self.known(wish) }

    private func known(_ wish: RemoteWish) -> RemoteTicket {
        RemoteTicket(
            provider: self.provider.id, handle: wish.transaction.uuidString.lowercased(), credential: wish.credential,
            names: wish.items.map(\.name))
    }

    public func poll(_ ticket: RemoteTicket) async throws -> RemoteAnswer {
        let path = (self.provider.status_path ?? "sign/{transaction}/status").replacing(
            "{transaction}", with: ticket.handle)
        let answer: NationalMessages.Answer<NationalMessages.Signed> = try await self.post(
            path,
            NationalMessages.Status(
                sp_id: self.provider.account ?? "", sp_password: try self.provider.secret(),
                transaction_id: ticket.handle), isSafe: true)
        return try Self.result(of: answer, ticket)
    }

    private static func result(
        of answer: NationalMessages.Answer<NationalMessages.Signed>, _ ticket: RemoteTicket
    ) throws -> RemoteAnswer {
        let words = (answer.message ?? "").uppercased()
        if words.contains("EXPIRE") || words.contains("TIMEOUT") { throw RemoteSigningError.expired }
        if words.contains("REJECT") || words.contains("CANCEL") || words.contains("DENIED") || words.contains("DECLINE")
        {
            throw RemoteSigningError.declined
        }
        guard let files = answer.data?.files, !files.isEmpty else { return .waiting(ticket) }
        // By name: the order of the answer is nobody's promise.
        var values: [String: [UInt8]] = [:]
        for file in files {
            guard let text = file.signature_value, let value = NationalMessages.bytes(text),
                values.updateValue(value, forKey: file.doc_id) == nil
            else { throw RemoteSigningError.badAnswer("signature_value") }
        }
        return .signatures(
            try ticket.names.map { name in
                guard let value = values[name] else { throw RemoteSigningError.badAnswer("doc_id") }
                return value
            })
    }

    /// Codes 200, 400, 401, 403 and 500 come as the answer's own, as `status_code` or `code`, or both.
    private func post<Data: Decodable>(_ path: String, _ body: some Encodable, isSafe: Bool) async throws
        -> NationalMessages.Answer<Data>
    {
        let answer = try await self.transport.post("\(self.provider.address)/\(path)", json: body, isSafe: isSafe)
        let decoded = try? answer.decoded(NationalMessages.Answer<Data>.self)
        let code = answer.status == 200 ? decoded?.status_code ?? decoded?.code ?? 200 : answer.status
        switch code {
        case 200: break
        case 401, 403: throw RemoteSigningError.accessRefused
        case 404: throw RemoteSigningError.credentialUnknown
        case 500...599: throw RemoteSigningError.unreachable
        default: throw RemoteSigningError.refused(code: String(code))
        }
        // Again, for the place of what is wrong.
        return try decoded ?? answer.decoded()
    }
}
