/// A refusal in the words of the users: what the API turns into a problem (RFC 9457) with this status and code.
///
/// SQL refuses in the same terms (`platform.ensure`), so a rule may live on either side without the caller noticing. Neither the
/// code nor the field ever holds data.
public struct Refusal: Error, Hashable, Sendable {
    /// The HTTP status: 403, 404, 409, 412, 422 or 423.
    public let status: Int
    /// The stable problem code, for instance `register_closed`.
    public let code: String
    /// The field of the request that is wrong, where one is.
    public let field: String?
    /// Numbers that the client may need, for instance `tries_left`.
    public let details: [String: Int]

    public init(_ status: Int, _ code: String, field: String? = nil, details: [String: Int] = [:]) {
        self.status = status
        self.code = code
        self.field = field
        self.details = details
    }
}

/// An error of a context that says itself which refusal it is. Each case is mapped once, in the context that throws it.
public protocol RefusalConvertible: Error {
    var refusal: Refusal { get }
}
