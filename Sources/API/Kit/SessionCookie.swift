/// The cookie of a session.
package enum SessionCookie {
    /// What `Set-Cookie` says; an age of 0 removes it.
    ///
    /// Lax and not Strict, so that a link in somebody's mail opens the document and not the sign-in; what changes anything carries the
    /// session's token besides.
    package static func text(_ secret: String, age: Int64, _ configuration: APIConfiguration) -> String {
        let secure = configuration.secureCookies ? "; Secure" : ""
        return "\(Credential.cookieName)=\(secret); Path=/; Max-Age=\(age); HttpOnly; SameSite=Lax\(secure)"
    }
}
