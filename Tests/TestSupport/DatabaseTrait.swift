public import Testing

/// Gives a suite a database of its own and drops it when the suite has ended.
public struct DatabaseTrait: SuiteTrait, TestScoping {
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let database = try await TestDatabase.make()
        do {
            try await TestDatabase.$shared.withValue(database) { try await function() }
        } catch {
            await database.drop()
            throw error
        }
        await database.drop()
    }
}

extension Trait where Self == DatabaseTrait {
    /// A migrated database of the suite's own, as `TestDatabase.current`. Its tests run at the same time, so each makes its own tenants.
    public static var database: Self { Self() }
}
