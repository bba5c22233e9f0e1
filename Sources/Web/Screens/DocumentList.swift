import API
import Documents
import Foundation
import Postgres

/// What somebody may read of one direction, newest first.
enum DocumentList {
    private static let limit = 20

    /// Members: `is_list`, `documents`.
    static func content(
        _ query: Fields, _ direction: Direction, in transaction: borrowing Transaction
    ) throws -> [String: JSONValue] {
        let page = DocumentQueries.readable(
            direction: direction, state: nil, register: nil, before: query["after"].flatMap { UUID(text: $0) },
            limit: Self.limit)
        return [
            "is_list": true,
            "documents": try Visit.value(of: transaction.json(page, as: .page(limit: Self.limit))),
        ]
    }
}
