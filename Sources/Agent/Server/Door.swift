import HTTPTypes

/// What a request must bring before anything is done for it: this machine's name, a page that is served, and for all but pairing a token.
struct Door: Sendable {
    let origins: Set<Origin>
    /// The names under which a browser may have reached this agent, with its port.
    let hosts: Set<String>

    init(origins: Set<Origin>, port: Int) {
        self.origins = origins
        self.hosts = ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"]
    }

    /// The page's origin. Requests without one come from no page, and are refused as well.
    ///
    /// - Throws: `hostRefused` for any other name that was made to point here (DNS rebinding), `originRefused`.
    func origin(of head: HTTPRequest) throws(AgentError) -> Origin {
        guard let host = head.authority, self.hosts.contains(host.lowercased()) else { throw .hostRefused }
        guard let text = head.headerFields[.origin], let origin = Origin(text), origin.text == text,
            self.origins.contains(origin)
        else { throw .originRefused }
        return origin
    }

    /// The token of `Authorization: Bearer …`; empty without one.
    func token(of head: HTTPRequest) -> String {
        guard let value = head.headerFields[.authorization], value.hasPrefix("Bearer ") else { return "" }
        return String(value.dropFirst(7))
    }

    /// What lets a page of `origin` read an answer, and for a preflight what it may send (Fetch; Private Network Access).
    func permissions(for origin: Origin, preflight head: HTTPRequest? = nil) -> HTTPFields {
        var fields: HTTPFields = [
            .accessControlAllowOrigin: origin.text, .vary: "Origin", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        guard let head else { return fields }
        fields[.accessControlAllowMethods] = "GET, POST"
        fields[.accessControlAllowHeaders] = "Authorization, Content-Type"
        fields[.accessControlMaxAge] = "600"
        if head.headerFields[.requestPrivateNetwork] == "true" { fields[.allowPrivateNetwork] = "true" }
        return fields
    }
}

extension HTTPField.Name {
    // The names are tokens of letters and hyphens: such a name is always valid.
    fileprivate static let requestPrivateNetwork = Self("Access-Control-Request-Private-Network")!
    fileprivate static let allowPrivateNetwork = Self("Access-Control-Allow-Private-Network")!
}
