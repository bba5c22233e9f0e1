import API
import Foundation
import Postgres

/// What the document page works out from a document as `DocumentPage` reads it: which acts to offer and in which order, whose turn it is,
/// which files belong together. It decides no rights; `actions` has been decided by the database.
struct DocumentView {
    let document: JSONObject
    let visit: Visit
    private let wanted: Tab

    init(document: JSONObject, visit: Visit, tab: Tab) {
        self.document = document
        self.visit = visit
        self.wanted = tab
    }

    /// The part that is shown: the one asked for, where the document has it.
    var tab: Tab { self.wanted == .receivers && !self.hasReceivers ? .work : self.wanted }

    /// The parts of the page beside the PDF, each with an address of its own.
    enum Tab: String, CaseIterable {
        case work, info, signatures, files, related, receivers
    }

    var id: String { self.document.text("id") }
    private var state: String { self.document.text("state") }
    private var actions: [String] { self.document.texts("actions") }
    private var openTasks: [JSONObject] { self.document.objects("tasks").filter { $0.text("state") == "open" } }
    private var mains: [JSONObject] { self.document.objects("files").filter { $0.text("role") == "main" } }

    /// The drafter has it; what is written here can still be changed.
    var isAtDesk: Bool { self.state == "draft" && self.actions.contains("submit") }
    /// A file can be added: to a draft, and to a paper document that has just been registered.
    private var takesFiles: Bool { self.isAtDesk || self.state == "registered" && self.actions.contains("present") }

    /// How browsers and lists name it.
    var title: String {
        [self.document.text("notation"), self.document.text("subject")].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The members that the template reads beside `document`.
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "document": .object(self.document), "acts": .array(self.acts), "danger": .array(self.dangerousActs),
            "waiting": .array(self.openTasks.map(JSONValue.object)),
            "finished": .array(
                self.document.objects("tasks").filter { $0.text("role") != "act" && $0.text("state") == "done" }
                    .map(JSONValue.object)),
            "due_at": self.dueAt, "versions": .array(self.versions),
            "attachments": .array(
                self.document.objects("files").filter { $0.text("role") != "main" }.map(JSONValue.object)),
            "takes_files": .boolean(self.takesFiles), "tabs": .array(self.tabs),
            "tab_\(self.tab.rawValue)": true, "main": self.mains.first.map(JSONValue.object) ?? .null,
            "is_incoming": .boolean(self.document.text("direction") == "incoming"),
        ]
        if self.tab == .receivers { members["standings"] = .array(self.standings) }
        return members
    }

    // MARK: Acts

    /// The likely act first, the others in the order of the flow; what takes the document back or away stands apart.
    private var acts: [JSONValue] {
        var acts: [(href: String, label: String)] = []
        let base = "/documents/\(self.id)"
        let isUnwritten = self.isAtDesk && self.mains.isEmpty
        if isUnwritten { acts.append(("\(base)?tab=files#upload", self.visit.word("document.add_file"))) }
        for task in self.openTasks where task["is_mine"] == .boolean(true) {
            let label: String
            switch task.text("role") {
            case "lead": label = "action.complete"
            case "support": label = "document.report"
            case "inform": label = "work.mark_seen"
            default: continue
            }
            acts.append(("/tasks/\(task.text("id"))/completion", self.visit.word(label)))
        }
        for action in self.actions where !Self.dangerous.contains(action) && action != "complete" {
            acts.append(("\(base)/\(action)", self.visit.word("action.\(action)")))
        }
        if self.isAtDesk { acts.append(("\(base)/edit", self.visit.word("document.edit"))) }
        let hasPrimary = !acts.isEmpty
        if self.document.text("direction") == "incoming", self.state != "cancelled" {
            acts.append(("/drafts/new?reply_to=\(self.id)", self.visit.word("document.reply")))
        }
        return acts.enumerated().map { index, act in
            [
                "href": .string(act.href), "label": .string(act.label),
                "is_primary": .boolean(index == 0 && hasPrimary),
            ]
        }
    }

    private static let dangerous: Set = ["return", "cancel"]

    private var dangerousActs: [JSONValue] {
        self.actions.filter(Self.dangerous.contains).map { action in
            [
                "href": .string("/documents/\(self.id)/\(action)"),
                "label": .string(self.visit.word("action.\(action)")),
            ]
        }
    }

    /// The deadline of my own open task, else of the open one that is due first, else of the document.
    private var dueAt: JSONValue {
        let over: Set = ["completed", "issued", "cancelled", "recalled", "returned"]
        let mine = self.openTasks.filter { $0["is_mine"] == .boolean(true) }
        let times = { (tasks: [JSONObject]) in tasks.map { $0.text("due_at") }.filter { !$0.isEmpty }.min() }
        if let time = times(mine) ?? times(self.openTasks) { return .string(time) }
        return over.contains(self.state) ? .null : self.document["due_on"] ?? .null
    }

    // MARK: Files

    /// The versions of the main file, newest first; one that a person uploaded can be compared with the upload before it.
    private var versions: [JSONValue] {
        let mains = self.mains
        return mains.enumerated().map { index, file in
            var file = file
            let isUpload = { (file: JSONObject) in ["upload", "delivery"].contains(file.text("origin")) }
            if isUpload(file), let older = mains[(index + 1)...].first(where: isUpload) {
                file["older"] = older["version"]
            }
            file["is_newest"] = .boolean(index == 0)
            return .object(file)
        }
    }

    // MARK: Tabs

    private var tabs: [JSONValue] {
        Tab.allCases.filter { $0 != .receivers || self.hasReceivers }.map { tab in
            let count =
                switch tab {
                case .files: self.document.objects("files").count
                case .related: self.document.objects("related").count
                case .receivers: self.document.objects("dispatches").count
                case .signatures: self.document.objects("signatures").count
                case .work, .info: 0
                }
            return [
                "href": .string(
                    "/documents/\(self.id)" + (tab == .work ? "" : "?tab=\(tab.rawValue)")),
                "label": .string(self.visit.word("tab.\(tab.rawValue)")), "is_here": .boolean(tab == self.tab),
                "count": .integer(Int64(count)),
            ]
        }
    }

    private var hasReceivers: Bool {
        self.document.text("direction") == "outgoing"
            && (!self.document.objects("dispatches").isEmpty || self.state == "issued")
    }

    /// How many receivers stand where.
    private var standings: [JSONValue] {
        let counts = Dictionary(grouping: self.document.objects("dispatches")) { $0.text("status_code") }
            .mapValues(\.count)
        return counts.sorted { $0.key < $1.key }.map {
            ["status_code": .string($0.key), "count": .integer(Int64($0.value))]
        }
    }
}

/// Members as the database wrote them; one that is null or not there is an empty text or list.
extension JSONObject {
    func text(_ name: String) -> String {
        guard case .string(let text)? = self[name] else { return "" }
        return text
    }

    func texts(_ name: String) -> [String] {
        guard case .array(let elements)? = self[name] else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    func objects(_ name: String) -> [JSONObject] {
        guard case .array(let elements)? = self[name] else { return [] }
        return elements.compactMap { if case .object(let object) = $0 { object } else { nil } }
    }
}
