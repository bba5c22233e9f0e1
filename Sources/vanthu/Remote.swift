import ArgumentParser
import Foundation
import PAdES
import Platform
import Signatures

struct Remote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remote signing services of Config/remote-signing.json, from the shell of the server.",
        discussion: "Example: vanthu remote certificates smartca --user 001099012345",
        subcommands: [Certificates.self, Rehearse.self])

    struct Certificates: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the certificates that a service keeps for a person, as JSON.",
            discussion: "Example: vanthu remote certificates smartca --user 001099012345")

        @Argument(help: "The service's id in Config/remote-signing.json.")
        var provider: String

        @Option(help: "Who the person is to the service: CCCD, tax number.")
        var user = ""

        private struct Entry: Encodable {
            let credential: String
            let certificate: Data
            let chain: [Data]
            let algorithms: [SignatureAlgorithm]
            let batch: Int
            let authorisation: RemoteCertificate.Authorisation
            let binds_hashes: Bool
        }

        func run() async throws {
            try await self.explained {
                try await Remote.with(self.provider) { service in
                    let found = try await service.certificates(of: self.user).map {
                        Entry(
                            credential: $0.credential, certificate: Data($0.certificate),
                            chain: $0.chain.map { Data($0) },
                            algorithms: $0.algorithms, batch: $0.batch, authorisation: $0.authorisation,
                            binds_hashes: $0.bindsHashes)
                    }
                    print(try Output.json(found))
                }
            }
        }
    }

    struct Rehearse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Has a service sign random hashes and verifies what it gives: access, authorisation and values at once.",
            discussion: """
                PIN and OTP are read from standard input, one a line, where the credential wants them. Exit status 1 if a signature is wrong.
                Example: vanthu remote rehearse smartca --user 001099012345
                """)

        @Argument(help: "The service's id in Config/remote-signing.json.")
        var provider: String

        @Option(help: "Who the person is to the service: CCCD, tax number.")
        var user = ""

        @Option(help: "The credential; without it the person's first.")
        var credential: String?

        @Option(help: "The algorithm; without it the best of the key.")
        var algorithm: SignatureAlgorithm?

        @Option(help: "How many hashes.")
        var count = 1

        @Option(help: "Seconds to wait for a service that signs later.")
        var wait = 300

        private struct Result: Encodable {
            let provider: String
            let credential: String
            let algorithm: SignatureAlgorithm
            let signatures: Int
            let verified: Bool
            let later: Bool
        }

        func run() async throws {
            try await self.explained {
                try await Remote.with(self.provider) { service in
                    let result = try await self.rehearse(service)
                    print(try Output.json(result))
                    if !result.verified { throw ExitCode(1) }
                }
            }
        }

        private func rehearse(_ service: any RemoteService) async throws -> Result {
            let all = try await service.certificates(of: self.user)
            guard let chosen = all.first(where: { self.credential == nil || $0.credential == self.credential }) else {
                throw RemoteSigningError.credentialUnknown
            }
            guard let algorithm = self.algorithm ?? chosen.fitting else {
                throw RemoteSigningError.algorithmUnsupported
            }
            guard self.count <= chosen.batch else { throw RemoteSigningError.batchTooLarge(limit: chosen.batch) }
            let wanted = chosen.authorisation
            if wanted.sendsOTP { try await service.sendOTP(for: chosen.credential) }
            let secrets = RemoteSecrets(
                pin: wanted.pin ? try SecretInput.read("PIN") : nil, otp: wanted.otp ? try SecretInput.read("OTP") : nil
            )
            let wish = RemoteWish(
                transaction: UUID(), user: self.user, credential: chosen.credential, algorithm: algorithm,
                items: RemoteRehearsal.items(self.count, for: algorithm))
            let (signatures, isLater) = try await self.signatures(service, try await service.sign(wish, with: secrets))
            return Result(
                provider: self.provider, credential: chosen.credential, algorithm: algorithm,
                signatures: signatures.count,
                verified: zip(wish.items, signatures).allSatisfy {
                    RemoteRehearsal.verifies($1, over: $0.digest, algorithm, certificate: chosen.certificate)
                }, later: isLater)
        }

        private func signatures(_ service: any RemoteService, _ first: RemoteAnswer) async throws -> (
            [[UInt8]], later: Bool
        ) {
            var answer = first
            var isLater = false
            let deadline = ContinuousClock.now + .seconds(self.wait)
            while true {
                switch answer {
                case .signatures(let values): return (values, isLater)
                case .waiting(let ticket):
                    guard .now < deadline else { throw RemoteSigningError.expired }
                    isLater = true
                    try await Task.sleep(for: .seconds(1))
                    answer = try await service.poll(ticket)
                }
            }
        }
    }

    /// Opens the service and closes its connections whatever happens.
    private static func with(_ provider: String, _ body: (any RemoteService) async throws -> Void) async throws {
        let installation = try Installation(isForPerson: true)
        let file = try installation.configuration.text(.configFolder) + "/remote-signing.json"
        let transport = RemoteTransport()
        do {
            try await body(try RemoteServices(RemoteProvider.read(file), transport: transport).service(provider))
            await transport.close()
        } catch {
            await transport.close()
            throw (error as? RemoteSigningError).map { Self.failure($0, file) } ?? error
        }
    }

    private static func failure(_ error: RemoteSigningError, _ file: String) -> any Error {
        switch error {
        case .configuration(let place): Failure("\(file) is wrong: \(place)", "Correct the entry and try again")
        case .providerUnknown: Failure("\(file) names no such service", "Add it, or use one of its ids")
        default: error
        }
    }
}

extension SignatureAlgorithm: ExpressibleByArgument {}

extension RemoteCertificate {
    /// The best algorithm that suits the key's kind: a service may name more than its key can do.
    var fitting: SignatureAlgorithm? { self.algorithms.first { $0.suits(self.certificate) } }
}
