/// How far a transaction sees what others commit while it runs.
public enum IsolationLevel: Sendable, Hashable {
    /// Each statement sees what was committed before it began. The default, and right for work under row locks.
    case readCommitted
    /// Every statement sees what was committed before the first.
    case repeatableRead
    /// As if transactions ran one after the other; may fail with 40001, which `Database` answers by running it again.
    case serializable
}

/// How a transaction begins, and how long it may take.
struct TransactionOptions: Sendable {
    /// The statement that begins it.
    var begin: SQL
    /// Runs right after the beginning, in the same round trip as the first statement; its rows are not read.
    var opening: SQL?
    /// When it must be over, and the server's limit for each statement until then.
    var deadline: (moment: ContinuousClock.Instant, statementTimeout: SQL)?

    init(opening: SQL?, isolation: IsolationLevel, isReadOnly: Bool, deadline: Duration?) {
        self.begin =
            switch (isolation, isReadOnly) {
            case (.readCommitted, false): "BEGIN"
            case (.readCommitted, true): "BEGIN READ ONLY"
            case (.repeatableRead, false): "BEGIN ISOLATION LEVEL REPEATABLE READ"
            case (.repeatableRead, true): "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            case (.serializable, false): "BEGIN ISOLATION LEVEL SERIALIZABLE"
            case (.serializable, true): "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY"
            }
        self.opening = opening
        self.deadline = deadline.map { duration in
            let milliseconds = String(max(1, duration.milliseconds))
            return (.now + duration, "SELECT set_config('statement_timeout', \(milliseconds), true)")
        }
    }
}
