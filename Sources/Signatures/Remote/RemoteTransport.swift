import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Sends JSON to remote services: bounded in time and size, no redirects, nothing of it logged.
public final class RemoteTransport: Sendable {
    struct Answer {
        let status: Int
        let body: Data

        func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws(RemoteSigningError) -> Value {
            do {
                return try JSONDecoder().decode(Value.self, from: self.body)
            } catch DecodingError.keyNotFound(let key, let context) {
                throw .badAnswer((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))
            } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context)
            {
                throw .badAnswer(context.codingPath.map(\.stringValue).joined(separator: "."))
            } catch {
                throw .badAnswer("")
            }
        }
    }

    private static let sizeLimit = 4 << 20
    private static let tries = 3

    private let client: HTTPClient
    private let deadline: TimeAmount

    /// - Parameter seconds: for one call as a whole. Some services answer only when the person has confirmed.
    public init(seconds: Int64 = 60) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(min(10, seconds)), read: .seconds(seconds))
        self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.deadline = .seconds(seconds)
    }

    /// Ends the connections. To be called once.
    public func close() async {
        try? await self.client.shutdown()
    }

    /// - Parameter isSafe: whether the call may be tried again when it fails on the way, three times in all.
    /// - Throws: `RemoteSigningError.unreachable`.
    func post(
        _ address: String, headers: [String: String] = [:], body: Data, type: String = "application/json", isSafe: Bool
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: type)
        request.headers.add(name: "Accept", value: "application/json")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(body)
        var attempt = 1
        while true {
            do {
                let response = try await self.client.execute(request, timeout: self.deadline)
                let bytes = try await response.body.collect(upTo: Self.sizeLimit)
                let status = Int(response.status.code)
                guard isSafe, attempt < Self.tries, [502, 503, 504].contains(status) else {
                    return Answer(status: status, body: Data(bytes.readableBytesView))
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                try Task.checkCancellation()
                guard isSafe, attempt < Self.tries else { throw RemoteSigningError.unreachable }
            }
            try await Task.sleep(for: .milliseconds(200 << attempt))
            attempt += 1
        }
    }

    func post(
        _ address: String, headers: [String: String] = [:], json: some Encodable, isSafe: Bool
    ) async throws -> Answer {
        try await self.post(address, headers: headers, body: try JSONEncoder().encode(json), isSafe: isSafe)
    }
}
