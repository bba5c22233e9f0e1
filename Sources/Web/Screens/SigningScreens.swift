/// To be filled.
enum SigningScreens {
    static let all: [Page] = []
}
