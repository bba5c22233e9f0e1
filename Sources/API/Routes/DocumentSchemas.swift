/// What the API says of documents, their files and registers.
enum DocumentSchemas {
    static let direction = Schema.choice(["incoming", "outgoing", "internal"])
    static let states = [
        "draft", "content_review", "format_review", "awaiting_signature", "signed", "numbered", "sealed", "issued",
        "registered", "awaiting_direction", "in_progress", "completed", "returned", "recalled", "cancelled",
    ]
    static let state = Schema.choice(Self.states)
    static let urgency = Schema.choice(
        ["normal", "urgent", "very_urgent", "flash"], "thường, khẩn, thượng khẩn, hỏa tốc")
    /// Levels of state secrets are taken in a request only to be refused by name.
    static let security = Schema.choice(["normal", "internal"], "internal: lưu hành nội bộ")
    static let securityAsked = Schema.text(
        1...20, "`normal` or `internal` (lưu hành nội bộ). State secrets (mật) are refused.")
    private static let optionalText = Schema.text().orNull

    static let type = Schema.object(
        "DocumentType", .required("code", .text()), .required("name", .text()),
        .required("abbreviation", .text("Empty for công văn and thư công.")), .required("is_copy", .boolean))

    static let register = Schema.object(
        "Register", .required("id", .id), .required("direction", Self.direction), .required("name", .text()),
        .required("year", .integer()), .required("series_by", .choice(["register", "type"])),
        .required("symbol_template", .text()), .required("letter_template", .text()),
        .required("state", .choice(["open", "closed"])), .required("last_number", .integer()))

    private static let listFields: [Schema.Property] = [
        .required("id", .id), .required("direction", Self.direction), .required("state", Self.state),
        .required("type", .text()), .required("subject", .text("Trích yếu.")),
        .required("notation", Self.optionalText.noted("Số, ký hiệu: 01/BĐHN-VP.")),
        .required("number", .integer().orNull),
        .required("issued_on", .date.orNull), .required("urgency", Self.urgency), .required("organ_name", .text()),
    ]

    static let summary = Schema.object(
        "DocumentSummary",
        all: Self.listFields + [
            .required("arrived_on", .date.orNull), .required("due_on", .date.orNull), .required("created_at", .instant),
        ])

    static let found = Schema.object(
        "FoundDocument",
        all: Self.listFields + [
            .required("match_rank", .integer(0...3, "3 and 2: as written; 1 and 0: without accents."))
        ])

    static let file = Schema.object(
        "File", .required("id", .id), .required("role", .choice(["main", "attachment"])),
        .required("version", .integer()),
        .required("name", .text()), .required("media_type", .text()), .required("size", .integer()),
        .required("sha256", .text()), .required("origin", .choice(["upload", "signature", "seal", "delivery"])),
        .required("text_state", .choice(["pending", "extracted", "none", "failed"])), .required("created_at", .instant))

    static let uploaded = Schema.object(
        "UploadedFile", .required("id", .id), .required("name", .text()), .required("size", .integer()),
        .required("sha256", .text()), .required("version", .integer(nil, "The document's version now.")))

    private static let absent = Schema.text("Whom the person acted for, by delegation; otherwise empty.")

    private static let step = Schema.object(
        "Step", .required("action", .text()), .required("from_state", .text()), .required("to_state", .text()),
        .required("person_name", .text()), .required("title", .text()), .required("on_behalf_of", Self.absent),
        .required("comment", .text()), .required("taken_at", .instant))

    private static let task = Schema.object(
        "DocumentTask", .required("id", .id), .required("holder_id", .id),
        .required("holder_kind", .choice(["post", "unit", "registry"], "registry: the clerks, văn thư")),
        .required("holder_name", .text()), .required("opened_at", .instant.orNull),
        .required("role", .choice(["act", "lead", "support", "inform"], "act; chủ trì, phối hợp, nhận để biết")),
        .required("step", .text()), .required("state", .choice(["open", "done", "withdrawn"])),
        .required("due_at", .instant.orNull), .required("done_at", .instant.orNull),
        .required("result", Self.optionalText),
        .required("is_mine", .boolean))

    private static let order = Schema.object(
        "Direction", .required("id", .id), .required("post_id", .id), .required("person_name", .text()),
        .required("title", .text()), .required("on_behalf_of", Self.absent), .required("text", .text("Bút phê.")),
        .required("due_at", .instant.orNull), .required("given_at", .instant))

    private static let signature = Schema.object(
        "Signature", .required("id", .id), .required("purpose", .choice(["signer", "seal"])),
        .required("signer_name", .text()), .required("signer_title", .text()), .required("level", .text()),
        .required("signed_at", .instant), .required("file_id", .id))

    private static let sent = Schema.object(
        "SentTo", .required("id", .id), .required("receiver_name", .text()), .required("channel", .text()),
        .required("status_code", .text()), .required("status_at", .instant), .required("sent_at", .instant))

    private static let related = Schema.object(
        "RelatedDocument", .required("id", .id), .required("kind", .choice(["reply", "basis", "related", "replaces"])),
        .required("side", .choice(["names", "named_by"], "Which of the two names the other.")),
        .required("direction", Self.direction), .required("notation", Self.optionalText), .required("subject", .text()),
        .required("state", Self.state))

    private static let stretch = Schema.object(
        "Stretch", .required("state", Self.state), .required("standing", .choice(["done", "present", "coming"])),
        .required("actor", .text("Whose turn it is there, in the words of the flow.")),
        .required("at", .instant.orNull), .required("person_name", Self.optionalText))

    /// Everything about one document.
    static let document = Schema.object(
        "Document",
        all: Self.listFields + [
            .required("version", .integer()), .required("type_name", .text()), .required("security", Self.security),
            .required("language", .text()), .required("organ_code", Self.optionalText),
            .required("unit_id", .id.orNull), .required("unit_name", Self.optionalText),
            .required("drafter_name", Self.optionalText), .required("register_name", Self.optionalText),
            .required("drafter_post_id", .id.orNull), .required("signer_post_id", .id.orNull),
            .required("signer_name", Self.optionalText), .required("signer_title", Self.optionalText),
            .required("register_id", .id.orNull), .required("code_number", Self.optionalText),
            .required("code_notation", Self.optionalText), .required("arrived_on", .date.orNull),
            .required("due_on", .date.orNull), .required("page_count", .integer().orNull),
            .required("copy_count", .integer().orNull), .required("to_places", Self.optionalText),
            .required("note", Self.optionalText),
            .required("created_at", .instant), .required("updated_at", .instant),
            .required("issued_at", .instant.orNull),
            .required("files", .list(Self.file)), .required("steps", .list(Self.step)),
            .required("tasks", .list(Self.task)), .required("directions", .list(Self.order)),
            .required("signatures", .list(Self.signature)), .required("dispatches", .list(Self.sent)),
            .required("related", .list(Self.related)),
            .required("way", .list(Self.stretch, nil, "The main states of the flow, from the first to the last.")),
            .required("actions", .list(.text(), nil, "What the caller may do now.")),
        ])

    /// Where an act left a document.
    static let standing: [Schema.Property] = [
        .required("id", .id), .required("state", Self.state), .required("version", .integer()),
    ]
    static let outcome = Schema.object("DocumentOutcome", all: Self.standing)

    /// What a drafter writes; `base` of a new draft, each field left as it is in a change.
    static let draftFields: [Schema.Property] = [
        .optional("urgency", Self.urgency), .optional("security", Self.securityAsked), .optional("unit_id", .id),
        .optional("signer_post_id", .id), .optional("due_on", .date),
        .optional("to_places", .text(0...2000, lines: true)),
        .optional("note", .text(0...2000, lines: true)),
    ]

    static let newDraft = Schema.object(
        "NewDraft",
        all: [
            .required("direction", .choice(["outgoing", "internal"])),
            .required("type", .text(1...8, "A code of /document-types, such as `CV`.")),
            .required("subject", .text(1...2000, lines: true, "Trích yếu.")),
        ] + Self.draftFields)

    static let changedDraft = Schema.object(
        "ChangedDraft",
        all: [
            .optional("type", .text(1...8)), .optional("subject", .text(1...2000, lines: true)),
        ] + Self.draftFields)

    static let newRegister = Schema.object(
        "NewRegister", .required("direction", Self.direction), .required("name", .text(1...200)),
        .required("year", .integer(1945...2200)), .optional("series_by", .choice(["register", "type"])),
        .optional("symbol_template", .text(1...60, "`{type}`, `{organisation}`, `{unit}` are filled in.")),
        .optional("letter_template", .text(1...60, "For types without an abbreviation.")))

    static let paper = Schema.object(
        "PaperDocument",
        all: [
            .required("register_id", .id), .required("organ_name", .text(1...300)),
            .required("code_number", .text(1...11)),
            .required("code_notation", .text(1...60)), .required("issued_on", .date), .required("type", .text(1...8)),
            .required("subject", .text(1...2000, lines: true)), .optional("organ_code", .text(1...35)),
            .optional("arrived_on", .date), .optional("urgency", Self.urgency),
            .optional("security", Self.securityAsked),
            .optional("signer_name", .text(1...100)), .optional("signer_title", .text(1...200)),
            .optional("due_on", .date),
            .optional("page_count", .integer(1...9999)), .optional("note", .text(0...2000, lines: true)),
            .optional("confirm_duplicate", Schema.boolean.noted("To register again what seems to be there already.")),
        ])

    static let registered = Schema.object(
        "RegisteredDocument", .required("id", .id), .required("number", .integer(nil, "Số đến.")))
}
