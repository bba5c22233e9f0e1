import CLibPQ
import Logging

/// Takes the server's notices to the log. Their text may quote data, so it goes out at debug level only.
final class NoticeLog {
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Receives the notices of a connection, on the connection's thread. The log outlives the connection: the session owns both.
    func attach(to connection: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().log(result)
            },
            context
        )
    }

    private func log(_ notice: OpaquePointer) {
        let severity = DiagnosticField.severity.text(in: notice) ?? "NOTICE"
        let level: Logger.Level = severity == "WARNING" ? .warning : .debug
        var metadata: Logger.Metadata = ["severity": "\(severity)"]
        metadata["sqlstate"] = DiagnosticField.sqlState.text(in: notice).map { "\($0)" }
        if self.logger.logLevel <= .debug {
            metadata["notice"] = DiagnosticField.message.text(in: notice).map { "\($0)" }
        }
        self.logger.log(level: level, "notice from the database", metadata: metadata)
    }
}
