/// The course of one transaction on a session: what was sent, whether it failed, whether it is over.
///
/// BEGIN and the opening wait for the first statement and share its round trip.
final class Work {
    private enum Phase {
        case unsent, open, closed
    }

    let session: Session
    private let options: TransactionOptions
    private var phase = Phase.unsent
    /// The first failure. After it the server does nothing but roll back, so every later call fails the same way.
    private(set) var failure: DatabaseError?

    init(session: Session, options: TransactionOptions) {
        self.session = session
        self.options = options
    }

    /// Sends a statement and waits for its result; with `closing` the commit is part of the same round trip.
    func execute(_ sql: SQL, closing: Bool, format: Session.Format) throws -> ServerResult? {
        try self.check()
        do throws(DatabaseError) {
            try self.open()
            try self.session.send(sql, .awaited, format: format)
            if closing { try self.sendCommit() }
            return try self.session.synchronise()
        } catch {
            self.failure = error
            throw error
        }
    }

    /// Sends a statement whose result nobody waits for. A failure comes out at the next wait.
    func queue(_ sql: SQL) {
        guard self.failure == nil else { return }
        do throws(DatabaseError) {
            guard self.phase != .closed else { throw DatabaseError(.transactionClosed) }
            try self.open()
            try self.session.send(sql, .unread)
            if self.session.pending.count >= Session.pendingLimit { _ = try self.session.synchronise() }
        } catch {
            self.failure = error
        }
    }

    /// Commits, unless a closing statement has done so. Throws what failed on the way, even when the body caught it.
    func commit() throws(DatabaseError) {
        if let failure { throw failure }
        switch self.phase {
        case .closed: return
        case .unsent where self.options.opening == nil: return
        case .unsent, .open:
            try self.open()
            try self.sendCommit()
            _ = try self.session.synchronise()
        }
    }

    /// Undoes everything since the beginning and leaves the session idle; when it cannot, the pool closes the connection.
    func rollback() {
        do throws(DatabaseError) {
            self.settle()
            if self.session.isIdle { return }
            try self.session.send("ROLLBACK", .unread)
            _ = try self.session.synchronise()
        } catch {
            // The session is not idle, which is what the pool looks at.
        }
    }

    /// Reads the answers to what was queued when the body threw.
    private func settle() {
        guard !self.session.pending.isEmpty else { return }
        do throws(DatabaseError) {
            _ = try self.session.synchronise()
        } catch {
            // The body's own error is the one to throw.
        }
    }

    /// Lets COPY, which no pipeline can hold, use the connection within this transaction.
    func withoutPipeline<Value>(_ body: (Session) throws -> Value) throws -> Value {
        try self.check()
        do {
            try self.open()
            _ = try self.session.synchronise()
            return try body(self.session)
        } catch {
            self.failure = error as? DatabaseError ?? DatabaseError(.failedTransaction)
            throw error
        }
    }

    /// Throws when the transaction cannot take another statement.
    private func check() throws {
        if let failure { throw failure }
        if self.phase == .closed { throw DatabaseError(.transactionClosed) }
        try Task.checkCancellation()
        if let (moment, _) = self.options.deadline, ContinuousClock.now >= moment {
            throw DatabaseError(.queryCanceled, message: "the transaction's deadline has passed")
        }
    }

    private func open() throws(DatabaseError) {
        guard self.phase == .unsent else { return }
        self.phase = .open
        try self.session.send(self.options.begin, .unread)
        try self.session.sendDeallocations()
        if let (_, timeout) = self.options.deadline { try self.session.send(timeout, .unread) }
        if let opening = self.options.opening { try self.session.send(opening, .unread) }
    }

    private func sendCommit() throws(DatabaseError) {
        self.phase = .closed
        try self.session.send("COMMIT", .commit)
    }
}
