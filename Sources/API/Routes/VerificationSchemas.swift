/// The report on the signatures of a file, as `vanthu verify --json` prints it too.
enum VerificationSchemas {
    private static let words = Schema.list(.text("A stable word; the report's `text` has it in two languages."))
    static let trust = Schema.choice(["trusted", "untrusted", "unknown"])
    private static let moment = Schema.text("Such as 2026-11-25T10:30:00+07:00.").orNull

    private static let revocation = Schema.object(
        "Revocation",
        .required("status", .choice(["good", "revoked", "revoked_later", "unknown", "not_needed"])),
        .required("kind", Schema.text("ocsp or crl.").orNull),
        .required("source", Schema.text("document_store, signature or given.").orNull),
        .required("as_of", Self.moment), .required("next_update", Self.moment), .required("revoked_at", Self.moment),
        .required("reason", Schema.text().orNull), .required("responder_covered", .boolean))

    private static let step = Schema.object(
        "PathStep", .required("name", .text()), .required("subject", .text()), .required("issuer", .text()),
        .required("serial", .text("Hexadecimal.")), .required("not_before", Self.moment),
        .required("not_after", Self.moment), .required("revocation", Self.revocation))

    private static let stamp = Schema.object(
        "TimeStamp", .required("time", Self.moment), .required("intact", .boolean),
        .required("authority", Schema.text().orNull), .required("trust", Self.trust),
        .required("trust_reasons", Self.words), .required("root", Schema.text().orNull),
        .required("path", .list(Self.step)))

    private static let signature = Schema.object(
        "SignatureReport", .required("name", .text("Field, Id or number.")),
        .required("kind", .choice(["signature", "document_time_stamp", "counter_signature"])),
        .required("verdict", .text("As the report's.")), .required("reasons", Self.words),
        .required("remarks", Self.words),
        .required("coverage", .choice(["whole_file", "whole_revision", "parts", "nothing"])),
        .required("covered", .list(.text())),
        .required("certification", Schema.integer(nil, "DocMDP: 1 nothing, 2 forms, 3 annotations may follow.").orNull),
        .required(
            "changes",
            .list(
                .object(
                    "Change",
                    .required(
                        "kind",
                        .choice([
                            "field_filled", "signature_added", "annotation", "metadata", "structure", "forbidden",
                        ])), .required("subject", .text()), .required("allowed", .boolean)))),
        .required("trust", Self.trust), .required("trust_reasons", Self.words),
        .required(
            "signer",
            .object(
                "Signer", .required("name", Schema.text().orNull), .required("title", Schema.text().orNull),
                .required("organisation", Schema.text().orNull))),
        .required("root", Schema.text("The known root that the path ends at.").orNull),
        .required("judged_at", Self.moment), .required("path", .list(Self.step)),
        .required("revocation", Self.revocation),
        .required(
            "time",
            .object(
                "ProvenTime",
                .required("source", .choice(["signature_time_stamp", "document_time_stamp", "check"])),
                .required("value", Self.moment), .required("proven", .boolean))),
        .required("claimed_time", Self.moment), .required("time_stamps", .list(Self.stamp)),
        .required("level", Schema.text("B-B, B-T, B-LT or B-LTA.").orNull), .required("format", .text()),
        .required("algorithm", Schema.text().orNull), .required("algorithm_remarks", Self.words),
        .required("under_circular_15_2025", .boolean))

    private static let signing = Schema.object(
        "Signing",
        .required(
            "verdict",
            .choice([
                "SIGNABLE", "SIGNABLE_WITH_PASSWORD", "NEEDS_PASSWORD", "REFUSE_TO_SIGN", "REFUSE_OR_REPAIR", "REFUSE",
            ])), .required("reasons", Self.words)
    )

    static let languages: [Schema.Property] = [.required("vi", .text()), .required("en", .text())]

    static let report = Schema.object(
        "Verification", .required("file", Schema.text().orNull),
        .required("format", .choice(["PDF", "CMS", "XML", "UNKNOWN"])),
        .required(
            "verdict",
            .text("VALID, MODIFIED, INVALID_CRYPTO, NO_SIGNATURE and so on: the worst of the signatures'.")),
        .required("reasons", Self.words), .required("trust", Self.trust), .required("trust_reasons", Self.words),
        .optional("signing", Self.signing), .required("checked_at", Self.moment),
        .optional("archived_until", .text("Until when the newest document time stamp proves the whole file.")),
        .required("summary", .object("Summary", all: Self.languages)),
        .required("text", .object("ReportText", all: Self.languages)),
        .required("signatures", .list(Self.signature, nil)))
}
