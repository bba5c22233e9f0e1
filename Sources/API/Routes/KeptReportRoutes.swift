import HTTPTypes
import Hummingbird
import Office

/// The reports that are kept of a document's files, and having one made anew.
enum KeptReportRoutes {
    private static let group = "Verification"

    static let all: [Route] = [
        Route(
            .get, "/api/v1/documents/{id}/verifications", "listVerifications",
            "The kept reports on the signatures of a document's files, the newest first: made when the file arrived or was sealed, and later.",
            group: Self.group, access: .signedIn(.documentsRead), answers: [.page(Self.line, named: "VerificationPage")]
        ) { call in try await call.object(VerifiedDocument.reports(on: call.id())) },
        Route(
            .post, "/api/v1/documents/{id}/verifications", "verifyAgain",
            """
            Has the newest main file verified again, with the evidence that was kept and what the authorities say now. A job does it; the \
            answer names the report that will be there. While one is waiting, asking again names that one.
            """, group: Self.group, access: .signedIn(.documentsWrite),
            answers: [
                Route.Answer(
                    status: .accepted, schema: .object("ComingVerification", .required("id", .id)), note: "Waiting.")
            ]
        ) { call in
            let again = VerifyAgain(document: try call.id())
            return try await call.act(.accepted) { Outcome(["id": .string(try again(in: $0).text)]) }
        },
        Route(
            .get, "/api/v1/verifications/{id}", "getVerification",
            "One kept report, whole. For whoever may read a document with that file.", group: Self.group,
            access: .signedIn(.documentsRead),
            answers: [
                .ok(
                    .object(
                        "KeptVerification", .required("id", .id), .required("occasion", Self.occasion),
                        .required("checked_at", .instant), .required("report", VerificationSchemas.report)))
            ]
        ) { call in try await call.object(VerifiedDocument.report(call.id())) },
    ]

    private static let occasion = Schema.choice(["arrival", "again", "archive"])

    private static let line = Schema.object(
        "VerificationLine", .required("id", .id), .required("file_id", .id), .required("file_name", .text()),
        .required("occasion", Self.occasion), .required("verdict", .text("As in the report.")),
        .required("trust", VerificationSchemas.trust), .required("checked_at", .instant),
        .required("summary", .object("Summary", all: VerificationSchemas.languages)))
}
