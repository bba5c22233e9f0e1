/// The remote signing services that the installation knows.
public struct RemoteServices: Sendable {
    /// In the order of the configuration.
    public let providers: [RemoteProvider]
    private let transport: RemoteTransport?

    /// An installation without such services.
    public static let none = RemoteServices([], transport: nil)

    public init(_ providers: [RemoteProvider], transport: RemoteTransport?) {
        self.providers = providers
        self.transport = transport
    }

    /// - Throws: `RemoteSigningError.providerUnknown`.
    public func service(_ id: String) throws(RemoteSigningError) -> any RemoteService {
        guard let transport, let provider = self.providers.first(where: { $0.id == id }) else { throw .providerUnknown }
        switch provider.shape {
        case .csc1: return CSCVersion1(provider, transport)
        case .csc2: return CSCVersion2(provider, transport)
        case .national: return NationalService(provider, transport)
        }
    }
}
