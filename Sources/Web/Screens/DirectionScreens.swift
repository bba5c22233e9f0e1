/// To be filled.
enum DirectionScreens {
    static let all: [Page] = []
}
