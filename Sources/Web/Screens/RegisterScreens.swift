/// To be filled.
enum RegisterScreens {
    static let all: [Page] = []
}
