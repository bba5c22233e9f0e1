/// To be filled.
enum IncomingScreens {
    static let all: [Page] = []
}
