/// What the API says of tenants, units, people and posts.
enum OrganisationSchemas {
    static let roles = ["clerk", "leader", "head", "specialist", "administrator"]
    static let unitKinds = [
        "organisation", "board", "office", "department", "district", "post_office", "culture_point", "team",
    ]

    static let role = Schema.choice(
        Self.roles, "văn thư, lãnh đạo, trưởng đơn vị, chuyên viên, quản trị đơn vị")

    static let unitName = Schema.object("UnitName", .required("id", .id), .required("name", .text()))
    static let personName = Schema.object("PersonName", .required("id", .id), .required("full_name", .text()))

    /// A tenant in the directory.
    static let organisation = Schema.object(
        "Organisation", .required("id", .id), .required("code", .text()), .required("name", .text()))

    private static let unitFields: [Schema.Property] = [
        .required("id", .id), .required("parent_id", .id.orNull), .required("code", .text()),
        .required("name", .text()),
        .required("kind", .choice(Self.unitKinds)),
        .required("symbol", .text("Abbreviation in document symbols: VP in 01/BĐHN-VP.")),
    ]
    static let unit = Schema.object("Unit", all: Self.unitFields)

    static let unitWithPosts = Schema.object(
        "UnitWithPosts",
        all: Self.unitFields + [
            .required(
                "posts",
                .list(
                    .object(
                        "PostInUnit", .required("id", .id), .required("title", .text()), .required("role", Self.role),
                        .required("person", Self.personName))))
        ])

    private static let postFields: [Schema.Property] = [
        .required("id", .id), .required("title", .text()), .required("role", Self.role),
        .required("unit", Self.unitName),
    ]
    static let post = Schema.object("Post", all: Self.postFields)

    private static let personFields: [Schema.Property] = [
        .required("id", .id), .required("full_name", .text()), .required("email", Schema.text().orNull),
        .required("phone", Schema.text().orNull),
    ]
    static let person = Schema.object("Person", all: Self.personFields + [.required("posts", .list(Self.post))])
    static let personWithHistory = Schema.object(
        "PersonWithHistory",
        all: Self.personFields + [
            .required(
                "posts",
                .list(
                    .object(
                        "PostWithDates",
                        all: Self.postFields + [
                            .required("started_on", .date), .required("ended_on", .date.orNull),
                        ])))
        ])

    private static let actingPost = Schema.object(
        "ActingPost",
        all: Self.postFields + [
            .required(
                "delegated_by", Schema.text("The absent person whose post it is; null for one's own.").orNull),
            .required("delegation_ends_at", Schema.instant.orNull),
        ])

    /// Who is signed in.
    static let identity: [Schema.Property] = [
        .required("person", Self.personName), .required("post", Self.actingPost.orNull),
        .required("posts", .list(Self.actingPost)), .required("tenant", Self.organisation),
    ]

    static let made = Schema.object("Made", .required("id", .id))
}
