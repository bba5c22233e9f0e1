/// To be filled.
enum AccountScreens {
    static let all: [Page] = []
}
