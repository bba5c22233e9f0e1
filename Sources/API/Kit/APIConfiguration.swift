import Hummingbird

/// The limits of the door. The defaults suit an office behind a reverse proxy.
public struct APIConfiguration: Sendable {
    /// Bytes of a JSON body.
    public var jsonLimit = 1 << 20
    /// Bytes of an uploaded file.
    public var uploadLimit = 200 << 20
    /// Within this time a JSON body must have come in whole.
    public var bodyTime = Duration.seconds(20)
    /// An upload that, after `bodyTime`, has come in slower than this many bytes a second is given up.
    public var uploadPace = 8 << 10
    /// A connection on which nothing is read for this long is closed.
    public var idleTime = Duration.seconds(60)
    /// Bytes of all header fields of a request together.
    public var headerLimit = 32 << 10
    /// Connections at once; further ones wait to be accepted.
    public var connectionLimit = 4096
    /// Requests a minute that one address may make of what needs no account: revocation lists, OCSP, time stamps.
    public var openRequests = 600
    /// Whether the last `X-Forwarded-For` entry names the caller. Only for a server that a proxy alone can reach.
    public var trustsForwardedFor = false
    /// Whether cookies are marked `Secure`: to be set wherever people reach the server over TLS.
    public var secureCookies = false
    /// How long a session lasts.
    public var sessionLifetime = Duration.seconds(12 * 3600)
    /// How long what was prepared for signing waits for its signature values.
    public var signingLifetime = Duration.seconds(300)
    /// How people reach the server; passkeys are of the name in it.
    public var publicAddress: String?
    /// Where the script of a page looks for `vanthu agent` on the person's own machine.
    public var agentAddress = "http://127.0.0.1:18754"
    /// What the OpenAPI document calls the version.
    public var version = "1.0.0"

    public init() {}
}

extension APIConfiguration {
    /// Where a request came from, as text.
    package func address(of request: Request, over context: APIContext) -> String {
        if self.trustsForwardedFor, let header = request.headers[.forwardedFor],
            let last = header.split(separator: ",").last
        {
            return String(last.drop { $0 == " " }.prefix(64))
        }
        return context.channel.remoteAddress?.ipAddress ?? "local"
    }
}
