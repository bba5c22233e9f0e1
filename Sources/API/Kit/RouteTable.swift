import HTTPTypes

/// Something that answers a method at a path: an operation of the API, or a page.
package protocol Routed: Sendable {
    var method: HTTPRequest.Method { get }
    /// From the root, with captures in braces; after a brace may stand an ending that is written out: `/pki/{id}.crl`.
    var path: String { get }
}

extension Route: Routed {}

/// Finds the route of a request. A tree over the segments of the path; what is written out wins over what is captured.
package struct RouteTable<Route: Routed>: Sendable {
    /// What a path leads to.
    package enum Match {
        case found(Route, captures: [Substring])
        /// The path is known, the method is not.
        case otherMethods(allow: String)
        case nothing
    }

    private final class Node: Sendable {
        let literals: [Substring: Node]
        /// By what stands after the brace, the longest first.
        let captured: [(ending: Substring, node: Node)]
        let routes: [(method: HTTPRequest.Method, route: Route)]
        let allow: String

        init(_ routes: [(segments: ArraySlice<Substring>, route: Route)]) {
            var here: [(HTTPRequest.Method, Route)] = []
            var literal: [Substring: [(ArraySlice<Substring>, Route)]] = [:]
            var captured: [Substring: [(ArraySlice<Substring>, Route)]] = [:]
            for (segments, route) in routes {
                guard let first = segments.first else {
                    precondition(
                        !here.contains { $0.0 == route.method }, "two routes for \(route.method) \(route.path)")
                    here.append((route.method, route))
                    // RFC 9110, section 9.3.2: HEAD is GET without the content.
                    if route.method == .get { here.append((.head, route)) }
                    continue
                }
                if first.hasPrefix("{"), let brace = first.lastIndex(of: "}") {
                    let ending = first[first.index(after: brace)...]
                    captured[ending, default: []].append((segments.dropFirst(), route))
                } else {
                    literal[first, default: []].append((segments.dropFirst(), route))
                }
            }
            self.routes = here
            self.literals = literal.mapValues { Node($0) }
            self.captured = captured.map { ($0.key, Node($0.value)) }.sorted { $0.0.utf8.count > $1.0.utf8.count }
            self.allow = (here.map(\.0.rawValue) + ["OPTIONS"]).joined(separator: ", ")
        }
    }

    private let root: Node

    package init(_ routes: [Route]) {
        self.root = Node(routes.map { (segments: $0.path.split(separator: "/")[...], route: $0) })
    }

    /// The route of a method and a path with what its `{…}` stand for; or that the path has other methods, or none at all.
    package func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        var captures: [Substring] = []
        // `//` and a slash at the end are other addresses: they lead nowhere rather than to the same thing twice.
        let segments =
            path == "/"
            ? []
            : path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .map { Substring($0) }
        guard let node = Self.descend(self.root, segments[...], &captures), !node.routes.isEmpty else {
            return .nothing
        }
        for entry in node.routes where entry.method == method { return .found(entry.route, captures: captures) }
        return .otherMethods(allow: node.allow)
    }

    private static func descend(_ node: Node, _ segments: ArraySlice<Substring>, _ captures: inout [Substring]) -> Node?
    {
        guard let first = segments.first else { return node }
        if let next = node.literals[first], let found = Self.descend(next, segments.dropFirst(), &captures) {
            return found
        }
        for (ending, next) in node.captured where first.utf8.count > ending.utf8.count && first.hasSuffix(ending) {
            captures.append(first.dropLast(ending.count))
            if let found = Self.descend(next, segments.dropFirst(), &captures) { return found }
            captures.removeLast()
        }
        return nil
    }
}
