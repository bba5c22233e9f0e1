import API
import Documents
import Foundation
import HTTPTypes
import Hummingbird
import Office
import Platform
import Postgres
import Signatures
import Workflow

/// The document page: the PDF beside what is known of it, and the acts that the visitor may do now.
enum DocumentScreens {
    static let all: [Page] =
        [
            Page(.get, "/documents/{id}", "document", for: .workers) { visit in try await Self.show(visit) },
            Page(.post, "/documents/{id}/relations", "relate", for: .workers) { visit in
                let id = try visit.id()
                return try await visit.submit(
                    { form in
                        let relate = RelateDocuments(
                            try Relation(document: id, related: form.id("related_id"), kind: form.text("kind")))
                        try await visit.transaction { relate(in: $0) }
                        return visit.goOn(to: "/documents/\(id.text)?tab=related", notice: "related")
                    }, orShow: { try await Self.show(visit, tab: .related, answer: $0) })
            },
            Page(.post, "/documents/{id}/relations/removal", "unrelate", for: .workers) { visit in
                let id = try visit.id()
                return try await visit.submit(
                    { form in
                        let other = try form.id("related_id")
                        let isNaming = form["side"] != "named_by"
                        let unrelate = UnrelateDocuments(
                            try Relation(
                                document: isNaming ? id : other, related: isNaming ? other : id,
                                kind: form.text("kind")))
                        try await visit.transaction { unrelate(in: $0) }
                        return visit.goOn(to: "/documents/\(id.text)?tab=related", notice: "unrelated")
                    }, orShow: { try await Self.show(visit, tab: .related, answer: $0) })
            },
            Page(.post, "/documents/{id}/verifications", "verifyAgain", for: .workers) { visit in
                let id = try visit.id()
                return try await visit.submit(
                    { _ in
                        let again = VerifyAgain(document: id)
                        _ = try await visit.transaction { try again(in: $0) }
                        return visit.goOn(to: "/documents/\(id.text)?tab=signatures", notice: "verifying_again")
                    }, orShow: { try await Self.show(visit, tab: .signatures, answer: $0) })
            },
        ] + CompareScreens.all

    private static func show(
        _ visit: Visit, tab: DocumentView.Tab? = nil, answer: FormAnswer? = nil
    ) async throws -> Response {
        let id = try visit.id()
        // An open page that fetches itself anew has not been read anew.
        let isReading = visit.request.method == .get && visit.request.headers[.refresh] == nil
        let tab = tab ?? visit.query["tab"].flatMap(DocumentView.Tab.init) ?? .work
        let sought = tab == .related ? answer?.fields["find"] ?? visit.query["find"] : nil
        let read = try await visit.transaction { transaction in
            if isReading { Tasks.markOpened(id, in: transaction) }
            return (
                document: try transaction.json(DocumentPage.of(id), closing: false),
                found: try sought.map {
                    try transaction.json(
                        DocumentQueries.search(String($0.prefix(200)), after: nil, limit: 10), as: .page(limit: 10))
                },
                kept: try tab == .signatures
                    ? transaction.json(
                        VerifiedDocument.history(of: id, language: visit.language.rawValue), as: .array)
                    : nil,
                archive: try tab == .signatures
                    ? transaction.json(VerifiedDocument.archive(of: id), as: .array) : nil,
                me: try visit.frame(in: transaction)
            )
        }
        guard case .object(let document) = try Visit.value(of: read.document) else { throw Problem.notFound }
        let view = DocumentView(document: document, visit: visit, tab: tab)
        var members = view.members
        members["me"] = try Visit.value(of: read.me)
        if let found = read.found { members["found"] = Self.found(try Visit.value(of: found), besides: view) }
        if let kept = read.kept, case .array(let items) = try Visit.value(of: kept), !items.isEmpty {
            members["kept"] = .array(items)
            members["has_kept"] = true
        }
        if let archive = read.archive, case .array(let items) = try Visit.value(of: archive), let item = items.first {
            members["archive"] = item
        }
        if tab == .signatures, isReading { members["check"] = try await Self.check(id, visit) }
        var screen = Screen("documents/page", title: view.title, members)
        if let problem = answer?.problem { screen.status = .init(code: problem.status) }
        return try visit.render(screen, answer: answer)
    }

    /// What was found, without the document itself and what is noted already.
    private static func found(_ page: JSONValue, besides view: DocumentView) -> JSONValue {
        guard case .object(let page) = page else { return .null }
        let known = Set(view.document.objects("related").map { $0.text("id") } + [view.id])
        return ["items": .array(page.objects("items").filter { !known.contains($0.text("id")) }.map(JSONValue.object))]
    }

    /// The signatures of the newest file.
    private static func check(_ id: UUID, _ visit: Visit) async throws -> JSONValue {
        do {
            return Self.shown(
                try await visit.services.desk.signatures(of: id, as: try visit.caller), in: visit.language)
        } catch DocumentsError.mainFileMissing {
            return ["no_file": true]
        } catch is BlockingThreads.Overloaded {
            return ["is_busy": true]
        }
    }

    static func shown(_ checked: CheckedSignatures, in language: Language) -> JSONValue {
        guard let verdicts = checked.verdicts else { return ["is_unreadable": true] }
        return [
            "verdicts": .array(verdicts.map { Self.shown($0, in: language) }),
            "at": .string(checked.checkedAt.description),
        ]
    }

    private static func shown(_ verdict: SignatureVerdict, in language: Language) -> JSONValue {
        let words = verdict.words[language.rawValue]
        let isGood = [.valid, .validFilled].contains(verdict.standing)
        return [
            "standing": .string(verdict.standing.rawValue), "is_good": .boolean(isGood),
            "is_seal": .boolean(verdict.isSeal), "signer_name": .string(verdict.signerName ?? ""),
            "signer_title": .string(verdict.signerTitle ?? ""), "organisation": .string(verdict.organisation ?? ""),
            "claimed_time": .string(verdict.claimedTime ?? ""), "algorithm": .string(verdict.algorithm ?? ""),
            "root": .string(verdict.root ?? ""), "covers_whole_file": .boolean(verdict.coversWholeFile),
            "changes": .array((words?.changes ?? []).map { ["sentence": .string($0)] }),
            "certificate": .string(words?.certificate ?? ""), "path": .string(words?.path ?? ""),
            "revocation": .string(words?.revocation ?? ""), "proven_time": .string(words?.time ?? ""),
            "level": .string(words?.level ?? ""), "remarks": .string(words?.remarks ?? ""),
            "reasons": .string(verdict.reasons.joined(separator: ", ")),
        ]
    }
}

extension HTTPField.Name {
    /// `X-Refresh`, which the script of an open page sends when it fetches the page anew.
    fileprivate static var refresh: HTTPField.Name {
        guard let name = HTTPField.Name("X-Refresh") else { preconditionFailure("X-Refresh is a field name") }
        return name
    }
}
