/// To be filled.
enum DraftScreens {
    static let all: [Page] = []
}
