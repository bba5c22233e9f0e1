/// To be filled.
enum SearchScreens {
    static let all: [Page] = []
}
