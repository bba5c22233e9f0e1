import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Platform

/// Fetches what other CAs publish, from addresses that stand in certificates and so come from strangers: http and https alone, never from
/// this network's own machines unless they are named, within limits of size, time and redirects.
public struct OutsideFetch: Sendable {
    /// Hosts, as they stand in addresses, that may lie in private networks.
    let privateHosts: Set<String>
    private static let resolvers = BlockingThreads(name: "resolve", count: 1, waitingLimit: 64)
    private static let time = TimeAmount.seconds(10)
    private static let redirects = 3

    public init(privateHosts: Set<String> = []) {
        self.privateHosts = privateHosts
    }

    /// The body of a success; nil for everything else. It goes to the very address that was looked at, so that a name cannot lead
    /// elsewhere a moment later.
    func fetch(_ address: String, posting body: (type: String, bytes: [UInt8])? = nil, limit: Int) async -> [UInt8]? {
        var next = address
        for _ in 0...Self.redirects {
            guard let url = URL(string: next), let scheme = url.scheme?.lowercased(),
                ["http", "https"].contains(scheme),
                let host = url.host, url.user == nil, let machine = await self.machine(of: host)
            else { return nil }
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.dnsOverride = [host: machine]
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let answer = try? await Self.ask(client, next, body, limit)
            try? await client.shutdown()
            switch answer {
            case .body(let bytes): return bytes
            case .elsewhere(let place):
                guard body == nil, let target = URL(string: place, relativeTo: url)?.absoluteString else { return nil }
                next = target
            case nil: return nil
            }
        }
        return nil
    }

    private enum Answer {
        case body([UInt8])
        case elsewhere(String)
    }

    private static func ask(
        _ client: HTTPClient, _ address: String, _ body: (type: String, bytes: [UInt8])?, _ limit: Int
    ) async throws -> Answer? {
        var request = HTTPClientRequest(url: address)
        if let body {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: body.type)
            request.body = .bytes(ByteBuffer(bytes: body.bytes))
        }
        let response = try await client.execute(request, timeout: self.time)
        if (300..<400).contains(response.status.code) {
            return response.headers.first(name: "Location").map { .elsewhere($0) }
        }
        guard response.status == .ok else { return nil }
        return .body(Array(buffer: try await response.body.collect(upTo: limit)))
    }

    /// An address of the host that may be asked; nil when one of its addresses may not.
    private func machine(of host: String) async -> String? {
        let mayBePrivate = self.privateHosts.contains(host.lowercased())
        let found = try? await Self.resolvers.run { Self.addresses(of: host) }
        guard let found, !found.isEmpty, mayBePrivate || found.allSatisfy(\.isPublic) else { return nil }
        return found.first?.text
    }

    private static func addresses(of host: String) -> [(text: String, isPublic: Bool)] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host.trimmingCharacters(in: ["[", "]"]), nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [(String, Bool)] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            var text = [CChar](repeating: 0, count: 64)
            guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, 64, nil, 0, NI_NUMERICHOST) == 0 else { continue }
            let numbers = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            found.append((numbers, PublicAddress.isPublic(numbers)))
        }
        return found
    }
}

/// Which numeric addresses belong to the public internet (IANA's special-purpose registries, RFC 6890).
enum PublicAddress {
    static func isPublic(_ text: String) -> Bool {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return self.isPublic(four: UInt32(bigEndian: four.s_addr)) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return false }
        let bytes = withUnsafeBytes(of: six, Array.init)
        // An IPv4 address in IPv6's clothes.
        if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
            return self.isPublic(four: bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })
        }
        // 2000::/3 is what has been given out; of it not documentation, nor the tunnels 6to4 and Teredo.
        return bytes[0] & 0xE0 == 0x20 && !bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8])
            && !bytes.starts(with: [0x20, 0x02]) && !bytes.starts(with: [0x20, 0x01, 0, 0])
    }

    private static func isPublic(four address: UInt32) -> Bool {
        let special: [(UInt32, UInt32)] = [
            (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
            (0xAC10_0000, 12),
            (0xC000_0000, 24), (0xC000_0200, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24),
            (0xCB00_7100, 24), (0xE000_0000, 3),
        ]
        return !special.contains { network, bits in address >> (32 - bits) == network >> (32 - bits) }
    }
}
