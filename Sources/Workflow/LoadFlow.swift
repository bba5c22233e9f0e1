import Postgres

/// Brings a flow (quy trình) from `Config/workflows/<flow>.json` into the database, as a whole. Run at every migration, as the owner of
/// the schema. Documents on their way keep their state and go on by the new moves.
public struct LoadFlow: Sendable {
    let flow: String
    let moves: JSONText

    /// `moves`: an array of `{"state", "action", "next_state", "next_actor", "needs_comment", "is_main"}` in the order in which people
    /// see the actions.
    public init(flow: String, moves: JSONText) {
        self.flow = flow
        self.moves = moves
    }

    /// Returns how many moves the flow has.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> Int {
        transaction.queue("DELETE FROM workflow.transition WHERE flow = \(self.flow)")
        return try transaction.run(
            """
            INSERT INTO workflow.transition (flow, state, action, next_state, next_actor, needs_comment, is_main, position)
            SELECT \(self.flow), m.item ->> 'state', m.item ->> 'action', m.item ->> 'next_state', m.item ->> 'next_actor',
                   coalesce((m.item ->> 'needs_comment')::boolean, false), coalesce((m.item ->> 'is_main')::boolean, true), m.position
              FROM jsonb_array_elements(\(self.moves)::jsonb) WITH ORDINALITY AS m (item, position)
            """)
    }
}
