import CLibPQ

/// The fields of an error report, which libpq names by character macros that Swift cannot import (`PG_DIAG_…`).
enum DiagnosticField: UInt8 {
    case severity = 0x56  // V, never translated
    case sqlState = 0x43  // C
    case message = 0x4D  // M
    case detail = 0x44  // D
    case table = 0x74  // t
    case column = 0x63  // c
    case constraint = 0x6E  // n
    case routine = 0x52  // R

    /// The field's text, or `nil` when the report has no such field.
    func text(in result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(self.rawValue)).map { String(cString: $0) }
    }
}

extension DatabaseError {
    /// Reads a failed result; `connection` tells what happened when the server no longer could.
    init(result: OpaquePointer, connection: OpaquePointer?) {
        guard let sqlState = DiagnosticField.sqlState.text(in: result) else {
            self = .lost(connection)
            return
        }
        self.init(Code(sqlState: sqlState))
        self.message = DiagnosticField.message.text(in: result)
        self.constraint = DiagnosticField.constraint.text(in: result)
        self.table = DiagnosticField.table.text(in: result)
        self.column = DiagnosticField.column.text(in: result)
        self.routine = DiagnosticField.routine.text(in: result)
        // By our own convention message and detail of class VT are stable names and hold no data.
        if self.isRefusal {
            self.condition = self.message
            self.field = DiagnosticField.detail.text(in: result)
        }
    }

    /// The failure that libpq reports for a call: nearly always that the connection is lost, and otherwise a wrong argument.
    static func lost(_ connection: OpaquePointer?) -> DatabaseError {
        let isLost = PQstatus(connection) != CONNECTION_OK
        return DatabaseError(isLost ? .connectionLost : .invalidCall, message: self.message(of: connection))
    }

    static func message(of connection: OpaquePointer?) -> String? {
        guard let connection, let message = PQerrorMessage(connection) else { return nil }
        return String(cString: message).split(separator: "\n").joined(separator: " ")
    }
}
