/// To be filled.
enum DocumentScreens {
    static let all: [Page] = []
}
