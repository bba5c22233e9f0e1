import API
import HTTPTypes

/// The page where anybody who is signed in may have a file verified. The script asks the API; the page itself knows nothing.
enum VerifyScreens {
    static let all: [Page] = [
        Page(.get, "/verify", "verify") { visit in try await visit.show("verify/index", title: "verify.title", []) }
    ]
}
