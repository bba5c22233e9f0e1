import Foundation
import PAdES

/// A remote signing service as the installation knows it: an entry of `Config/remote-signing.json`. Its secret lies in a file or in the
/// environment, never in the entry.
public struct RemoteProvider: Sendable, Codable, Hashable {
    /// Which interface the service speaks.
    public enum Shape: String, Sendable, Codable {
        /// Cloud Signature Consortium API 1.0.4.
        case csc1
        /// Cloud Signature Consortium API 2.
        case csc2
        /// Decision 769/QĐ-BTTTT.
        case national
    }

    /// How the installation makes itself known to a CSC service.
    public enum Access: String, Sendable, Codable {
        case none
        /// The secret is the bearer token.
        case token
        /// OAuth 2.0 client credentials: `account` and the secret.
        case client
    }

    public let id: String
    /// As people read it.
    public let name: String
    public let shape: Shape
    /// For CSC what comes before `/csc/v1`; for the national shape what comes before `/get_certificate`. Without a slash at the end.
    public let address: String
    public var access: Access?
    /// `sp_id`, or the client's id.
    public var account: String?
    public var secret_file: String?
    /// Name of an environment variable.
    public var secret_environment: String?
    /// Where the OAuth 2.0 endpoints are, if not at `address` (what a service names `oauth2` in its `info`).
    public var oauth2_address: String?
    /// National: paths that differ from the Decision's, such as `v1/signatures/sign`. `{transaction}` stands for the transaction's id.
    public var certificate_path: String?
    public var sign_path: String?
    public var status_path: String?
    /// National: whether `file_type` and `sign_type` lie in an object `file_options`, as in the Decision's example, or beside `doc_id`.
    public var nests_file_options: Bool?
    /// National: what the service's keys can do, the best first; without it PKCS#1 v1.5 for RSA, which all of them do.
    public var algorithms: [SignatureAlgorithm]?
    /// Whether `address` may be plain http although it is not this machine: for a tunnel that is safe by itself.
    public var allows_plain_http: Bool?

    /// Reads the entries of a file: `{"providers": […]}`. No file means none.
    ///
    /// - Throws: `RemoteSigningError.configuration` naming entry and field.
    public static func read(_ path: String) throws -> [RemoteProvider] {
        struct File: Decodable { let providers: [RemoteProvider] }
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw RemoteSigningError.configuration("\(path): \(Self.place(of: error))")
        }
        for provider in file.providers { try provider.check() }
        guard Set(file.providers.map(\.id)).count == file.providers.count else {
            throw RemoteSigningError.configuration("\(path): the same id twice")
        }
        return file.providers
    }

    /// TLS, or this machine; an account where the shape needs one.
    func check() throws(RemoteSigningError) {
        guard !self.id.isEmpty, self.id.utf8.count <= 50 else { throw .configuration("providers: id") }
        for (field, address) in [("address", self.address), ("oauth2_address", self.oauth2_address ?? self.address)] {
            guard let url = URLComponents(string: address), let host = url.host, !address.hasSuffix("/") else {
                throw .configuration("\(self.id): \(field)")
            }
            let isHere = ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
            guard url.scheme == "https" || (url.scheme == "http" && (isHere || self.allows_plain_http == true)) else {
                throw .configuration("\(self.id): \(field) must be https")
            }
        }
        if self.shape == .national || self.access == .client, self.account == nil {
            throw .configuration("\(self.id): account")
        }
    }

    /// The secret, read anew each time so that it may be changed while the server runs.
    func secret() throws(RemoteSigningError) -> String {
        if let path = self.secret_file {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw .configuration("\(self.id): secret_file cannot be read")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard let name = self.secret_environment, let text = ProcessInfo.processInfo.environment[name], !text.isEmpty
        else { throw .configuration("\(self.id): neither secret_file nor secret_environment") }
        return text
    }

    private static func place(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            context.codingPath.map(\.stringValue).joined(separator: ".")
        default: "cannot be read"
        }
    }
}
