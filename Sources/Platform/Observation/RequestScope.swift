public import Foundation

/// What the work at hand belongs to, carried along by the task so that every line of the log names it.
public enum RequestScope {
    /// The id of the request or job; `nil` outside of one.
    @TaskLocal public static var id: UUID?
}
