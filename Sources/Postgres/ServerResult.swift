import CLibPQ

/// A result of libpq, cleared when it goes.
struct ServerResult: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(self.pointer)
    }

    var rowCount: Int32 { PQntuples(self.pointer) }

    /// How many rows the statement wrote or returned; 0 for a statement that counts none.
    var affectedRows: Int {
        guard let text = PQcmdTuples(self.pointer) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// Whether this module can read every column in binary.
    var isReadableInBinary: Bool {
        (0..<PQnfields(self.pointer)).allSatisfy { SQLType(oid: PQftype(self.pointer, $0)).isReadableInBinary }
    }
}
