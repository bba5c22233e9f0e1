import Foundation

/// A web origin (RFC 6454): scheme, host and port, in the one spelling that browsers send.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// An origin by itself or the address of a page; `https`, or `http` on loopback only. `nil` for anything else.
    public init?(_ address: String) {
        guard let url = URLComponents(string: address), let scheme = url.scheme?.lowercased(),
            let host = url.host?.lowercased(), !host.isEmpty, url.user == nil
        else { return nil }
        guard scheme == "https" || (scheme == "http" && Self.isLoopback(host)) else { return nil }
        let ordinary = scheme == "https" ? 443 : 80
        let port = url.port.flatMap { $0 == ordinary ? nil : ":\($0)" } ?? ""
        self.text = "\(scheme)://\(host)\(port)"
    }

    public var description: String { self.text }

    /// Whether a host name stands for this machine without asking anybody.
    static func isLoopback(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
    }
}
