import API
import Logging
import Platform
import Postgres

/// The pages as they are served, and as the tests drive them. They stand on the API's door (calls, credentials, problems) and on the same
/// use cases and queries, so that nobody may more here than there.
public enum Web {
    /// Every page there is: the one list.
    public static let pages: [Page] =
        SessionScreens.all + HomeScreens.all + WorkScreens.all + IncomingScreens.all + RegisterScreens.all
        + DraftScreens.all + DocumentScreens.all + StepScreens.all + DirectionScreens.all + SigningScreens.all
        + BatchScreens.all + SigningSessionScreens.all + IssuingScreens.all
        + SearchScreens.all + VerifyScreens.all + UnitScreens.all + AccountScreens.all + CertificateScreens.all
        + LiveScreens.all

    /// Answers pages, and hands everything else to `api`.
    ///
    /// - Parameters:
    ///   - folder: where `Templates`, `Words` and `Assets` are.
    ///   - pulses: must run beside the server.
    /// - Throws: ``PagesError`` when something of the folder is missing or wrong.
    public static func responder(
        before api: APIResponder, folder: String, pulses: Pulses, metrics: Metrics
    ) throws -> WebResponder {
        WebResponder(
            api: api, table: RouteTable(Self.pages), library: try Templates(folder: folder), pulses: pulses,
            metrics: RequestMetrics(metrics, operations: Self.pages.map(\.name)))
    }
}
