import API
import HTTPTypes
import Hummingbird

/// The page where anybody may have a file verified, with an account or without. The script asks the API; the page itself knows nothing.
enum VerifyScreens {
    static let all: [Page] = [
        Page(.get, "/verify", "verify", for: .anyone) { visit in
            let limit = visit.services.configuration.uploadLimit
            let content: [String: JSONValue] = [
                "limit": .integer(Int64(limit)), "megabytes": .integer(Int64(limit >> 20)),
            ]
            guard visit.credential != nil else {
                return try visit.render(Screen("verify/index", title: "verify.title", content))
            }
            return try await visit.show("verify/index", title: "verify.title", also: content)
        }
    ]
}
