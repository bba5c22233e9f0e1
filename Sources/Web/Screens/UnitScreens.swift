/// To be filled.
enum UnitScreens {
    static let all: [Page] = []
}
