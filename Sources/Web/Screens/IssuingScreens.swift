/// To be filled.
enum IssuingScreens {
    static let all: [Page] = []
}
