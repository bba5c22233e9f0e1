import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Looks after two things of HTTP/1.1 that concern a connection and not one request:
///
/// - `Expect: 100-continue` is answered, unless the announced length is over the limit; then the refusal comes first.
/// - After an answer with `Connection: close` the rest of the request is dropped and the connection ends soon, in that order:
///   a connection that is closed with unread bytes is reset, and the caller may never see the answer.
final class ClosingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long, and for how many bytes, the rest of a refused request is listened to.
    private static let lingering = (time: TimeAmount.seconds(2), bytes: 4 << 20)

    private let bodyLimit: Int
    private var isClosing = false
    private var isReading = false
    private var dropped = 0

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        switch part {
        case .head(let head):
            if self.isClosing { return }
            self.isReading = true
            if head.headerFields[.expect]?.lowercased() == "100-continue",
                let length = Int(head.headerFields[.contentLength] ?? "0"), length <= self.bodyLimit
            {
                context.writeAndFlush(self.wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body(let bytes):
            if self.isClosing {
                self.dropped += bytes.readableBytes
                if self.dropped > Self.lingering.bytes { context.close(promise: nil) }
            }
        case .end:
            self.isReading = false
            if self.isClosing { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { self.isClosing = true }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            guard self.isClosing else {
                context.write(data, promise: promise)
                return
            }
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            let wait = self.isReading ? Self.lingering.time : .zero
            context.writeAndFlush(data).whenComplete { _ in
                bound.value.eventLoop.scheduleTask(in: wait) { bound.value.close(promise: nil) }
            }
            promise?.succeed()
        }
    }
}

@available(*, unavailable)
extension ClosingHandler: Sendable {}
