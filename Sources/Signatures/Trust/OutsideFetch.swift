import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Platform

/// Fetches what others publish, from addresses that stand in certificates and so come from strangers: http and https alone, never from
/// this network's own machines unless they are named, within limits of size, time and redirects.
public struct OutsideFetch: Sendable {
    /// Hosts, as they stand in addresses, that may lie in private networks.
    let privateHosts: Set<String>
    let memory: OutsideMemory
    private let time: Duration
    private static let resolvers = BlockingThreads(name: "resolve", count: 1, waitingLimit: 64)
    private static let redirects = 3

    public init(_ settings: AuthoritySettings = AuthoritySettings()) {
        self.privateHosts = settings.privateHosts
        self.memory = OutsideMemory(pause: .seconds(settings.fetchPause))
        self.time = .seconds(settings.fetchTime)
    }

    /// What is sent, where something is.
    struct Body: Sendable {
        let type: String
        let bytes: [UInt8]
        /// The value of `Authorization`; never logged, and never sent to where a redirect leads.
        var authorization: String?
    }

    /// The body of a success. It goes to the very address that was looked at, so that a name cannot lead elsewhere a moment later.
    ///
    /// - Parameter time: for everything together, redirects too; nil: as the settings say.
    func fetch(
        _ address: String, posting body: Body? = nil, limit: Int, within time: Duration? = nil
    ) async throws(OutsideSilence) -> [UInt8] {
        try await self.memory.asking(address) { () async throws(OutsideSilence) in
            try await self.timed(address, body, limit, time ?? self.time)
        }
    }

    private func timed(
        _ address: String, _ body: Body?, _ limit: Int, _ time: Duration
    ) async throws(OutsideSilence) -> [UInt8] {
        do {
            return try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await self.follow(address, body, limit) }
                group.addTask {
                    try await Task.sleep(for: time)
                    throw OutsideSilence.slow
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw OutsideSilence.unreachable }
                return first
            }
        } catch let silence as OutsideSilence {
            throw silence
        } catch {
            throw .unreachable
        }
    }

    private func follow(_ address: String, _ body: Body?, _ limit: Int) async throws -> [UInt8] {
        var next = address
        for _ in 0...Self.redirects {
            guard let url = URL(string: next), let scheme = url.scheme?.lowercased(),
                ["http", "https"].contains(scheme), let host = url.host, url.user == nil
            else { throw OutsideSilence.forbiddenAddress }
            let machine = try await self.machine(of: host)
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.dnsOverride = [host: machine]
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let answer: Answer
            do {
                answer = try await Self.ask(client, next, body, limit)
            } catch {
                try? await client.shutdown()
                throw Self.silence(error)
            }
            try? await client.shutdown()
            switch answer {
            case .body(let bytes): return bytes
            case .elsewhere(let place):
                // What is posted, and who posts it, is for the first address alone.
                guard body == nil, let target = URL(string: place, relativeTo: url)?.absoluteString else {
                    throw OutsideSilence.forbiddenAddress
                }
                next = target
            }
        }
        throw OutsideSilence.refused
    }

    private enum Answer {
        case body([UInt8])
        case elsewhere(String)
    }

    private static func ask(
        _ client: HTTPClient, _ address: String, _ body: Body?, _ limit: Int
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address)
        if let body {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: body.type)
            if let authorization = body.authorization {
                request.headers.add(name: "Authorization", value: authorization)
            }
            request.body = .bytes(ByteBuffer(bytes: body.bytes))
        }
        let response = try await client.execute(request, deadline: .distantFuture)
        if (300..<400).contains(response.status.code) {
            guard let place = response.headers.first(name: "Location") else { throw OutsideSilence.refused }
            return .elsewhere(place)
        }
        guard response.status == .ok else { throw OutsideSilence.refused }
        return .body(Array(buffer: try await response.body.collect(upTo: limit)))
    }

    private static func silence(_ error: any Error) -> OutsideSilence {
        switch error {
        case let silence as OutsideSilence: silence
        case is NIOTooManyBytesError: .tooLarge
        case let error as HTTPClientError where [.connectTimeout, .readTimeout, .deadlineExceeded].contains(error):
            .slow
        default: .unreachable
        }
    }

    /// An address of the host that may be asked.
    private func machine(of host: String) async throws -> String {
        let mayBePrivate = self.privateHosts.contains(host.lowercased())
        let found = try await Self.resolvers.run { Self.addresses(of: host) }
        guard let first = found.first else { throw OutsideSilence.unreachable }
        guard mayBePrivate || found.allSatisfy(\.isPublic) else { throw OutsideSilence.forbiddenAddress }
        return first.text
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
