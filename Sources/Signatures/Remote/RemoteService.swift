import Foundation
import PAdES

/// A certificate whose key is kept by a remote service.
public struct RemoteCertificate: Sendable, Hashable {
    /// How the person shows that a signature is theirs.
    public struct Authorisation: Sendable, Hashable, Codable {
        public var pin: Bool
        public var otp: Bool
        /// Whether the service sends the OTP when asked to.
        public var sendsOTP: Bool
        /// In an app or on a page of the service itself.
        public var elsewhere: Bool
    }

    /// The service's name for it: `credentialID`, or a serial number.
    public let credential: String
    /// DER.
    public let certificate: [UInt8]
    /// The issuers, DER, the direct one first; perhaps none.
    public let chain: [[UInt8]]
    /// The best first.
    public let algorithms: [SignatureAlgorithm]
    /// Documents that one authorisation may sign.
    public let batch: Int
    public let authorisation: Authorisation
    /// Whether the service binds an authorisation to the hashes (SCAL 2).
    public let bindsHashes: Bool
}

/// What one authorisation is to sign. Hashes are final before it is asked for.
public struct RemoteWish: Sendable {
    /// One digest that the service is to sign.
    public struct Item: Sendable, Hashable {
        /// What the service's app shows of it; unique in the wish.
        public let name: String
        /// The hash of the signed attributes.
        public let digest: [UInt8]

        public init(name: String, digest: [UInt8]) {
            self.name = name
            self.digest = digest
        }
    }

    /// The same for every try, so that a service which knows it signs once.
    public let transaction: UUID
    /// Who the person is to the service (CCCD, tax number; empty for services that know it from the token).
    public let user: String
    public let credential: String
    public let algorithm: SignatureAlgorithm
    public let items: [Item]

    public init(transaction: UUID, user: String, credential: String, algorithm: SignatureAlgorithm, items: [Item]) {
        self.transaction = transaction
        self.user = user
        self.credential = credential
        self.algorithm = algorithm
        self.items = items
    }
}

/// What a person typed for one authorisation. Never logged, never stored.
public struct RemoteSecrets: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let pin: String?
    let otp: String?

    public init(pin: String? = nil, otp: String? = nil) {
        self.pin = pin
        self.otp = otp
    }

    public var description: String { "secrets" }
    public var debugDescription: String { "secrets" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is kept of a signature that the service makes later: enough to ask for it after a restart, and no secret.
public struct RemoteTicket: Sendable, Hashable, Codable {
    public let provider: String
    /// `responseID`, or the transaction's id.
    public let handle: String
    public let credential: String
    /// The items' names, in their order.
    public let names: [String]
}

/// What a service answers to a wish.
public enum RemoteAnswer: Sendable, Hashable {
    /// In the order of the items. ECDSA as r ‖ s or as DER, as the service gives it.
    case signatures([[UInt8]])
    /// The person confirms elsewhere, or the service takes its time.
    case waiting(RemoteTicket)
}

/// A remote signing service, whatever interface it speaks.
public protocol RemoteService: Sendable {
    /// The certificates of a person. Safe to ask again.
    func certificates(of user: String) async throws -> [RemoteCertificate]
    /// Has the service send an OTP for a credential.
    func sendOTP(for credential: String) async throws
    /// Authorises and signs. Not tried again by itself: an OTP is worth one try.
    func sign(_ wish: RemoteWish, with secrets: RemoteSecrets) async throws -> RemoteAnswer
    /// What could be asked for if the answer to this wish were lost; nil where the service names it only in its answer.
    func ticket(for wish: RemoteWish) -> RemoteTicket?
    /// What has become of a wish. Safe to ask again.
    func poll(_ ticket: RemoteTicket) async throws -> RemoteAnswer
}

extension RemoteService {
    public func ticket(for wish: RemoteWish) -> RemoteTicket? { nil }
}
