import API
import Hummingbird
import Office
import Postgres

/// Home: what waits, what is late, what is new; by role.
enum HomeScreens {
    static let all: [Page] = [
        Page(.get, "/", "home") { visit in
            try await visit.show(
                "work/home", title: "home.title",
                [
                    ("counts", Home.counts, .object), ("late", Home.late(limit: 10), .page(limit: 10)),
                    ("new", Home.new(limit: 10), .page(limit: 10)),
                ])
        }
    ]
}
