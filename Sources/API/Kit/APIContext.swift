import Hummingbird
import Logging
import NIOCore

/// What Hummingbird knows about a request beside the request: the connection it came over, and a logger.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    let channel: any Channel

    public init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }
}
