import Foundation

/// The travel of one document, step by step. Each step is told when it has happened and throws when it has not.
struct DemoTravel {
    let client: APIClient
    let password: String
    let pin: String

    /// Code of the sending organisation, and of the two that receive.
    private let sender = "bdhn"
    private let receivers = ["TCT", "VCKV"]
    private let subject = "V/v sử dụng hệ thống quản lý văn bản và điều hành"
    private let clock = ContinuousClock()

    init(client: APIClient, password: String, pin: String) {
        self.client = client
        self.password = password
        self.pin = pin
    }

    mutating func play(letter: String, into folder: String) async throws -> DemoOutcome {
        let start = self.clock.now
        let specialist = try await self.seat("chuyenvien", at: self.sender)
        let head = try await self.seat("truongphong", at: self.sender)
        let clerk = try await self.seat("vanthu", at: self.sender)
        let director = try await self.seat("lanhdao", at: self.sender)
        try await self.enrol("/api/v1/signing-keys", director, "\(director.name) có khoá ký cá nhân do CA nội bộ cấp")
        try await self.enrol("/api/v1/seal-keys", clerk, "Bưu điện Hà Nội có khoá của con dấu số")

        let pdf = try await Letter(path: letter).pdf(signedBy: director.name)
        let draft = try await self.client.post(
            "/api/v1/documents",
            [
                "direction": "outgoing", "type": "CV", "subject": self.subject, "signer_post_id": director.post,
                "unit_id": head.unit, "to_places": "Các đơn vị trực thuộc",
            ], as: specialist)
        let id = try draft.text("id")
        let path = "/api/v1/documents/\(id)"
        _ = try await self.client.upload(
            "\(path)/files?name=cong-van.pdf&role=main", pdf, type: "application/pdf", as: specialist)
        self.tell("\(specialist.name) (chuyên viên) soạn dự thảo và đính kèm tệp PDF \(pdf.count / 1024) KB")
        try await self.act("submit", on: path, as: specialist, "\(specialist.name) trình trưởng đơn vị")
        try await self.act("agree", on: path, as: head, "\(head.name) (trưởng đơn vị) ký nháy nội dung")
        try await self.act("agree", on: path, as: clerk, "\(clerk.name) (văn thư) kiểm tra thể thức")
        try await self.client.post(
            "\(path)/signature", ["pin": self.pin], as: director, etag: try await self.etag(path, director))
        self.tell("\(director.name) (giám đốc) ký số")
        let register = try await self.register("outgoing", as: clerk)
        let numbered = try await self.client.post(
            "\(path)/number", ["register_id": register], as: clerk, etag: try await self.etag(path, clerk))
        let number = try numbered.text("notation")
        self.tell("\(clerk.name) cấp số \(number)")
        try await self.client.post("\(path)/seal", ["pin": self.pin], as: clerk, etag: try await self.etag(path, clerk))
        self.tell("\(clerk.name) ký số của cơ quan")
        try await self.client.post(
            "\(path)/issue", ["recipients": self.receivers], as: clerk, etag: try await self.etag(path, clerk))
        self.tell("\(clerk.name) phát hành tới \(self.receivers.joined(separator: ", "))")

        var incoming: [Int] = []
        var found = true
        for receiver in self.receivers {
            let (entered, isFound) = try await self.receive(number, at: receiver.lowercased())
            incoming.append(entered)
            found = found && isFound
        }
        let dispatches = try await self.client.get("\(path)/dispatches", as: clerk).objects("items")
        for dispatch in dispatches {
            let codes = try dispatch.objects("history").map { try $0.text("status_code") }
            self.tell("\(try dispatch.text("receiver_name")): trạng thái \(codes.joined(separator: " → "))")
            guard codes == ["01", "03", "04"] else {
                throw APIClient.Failure.unexpected("statuses are \(codes), not 01, 03, 04")
            }
        }
        try await self.keepIssued(path, as: clerk, in: folder)
        let elapsed = self.clock.now - start
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return DemoOutcome(
            number: number, receivedBy: incoming.count, incomingNumbers: incoming, foundBySearch: found,
            seconds: (seconds * 100).rounded() / 100)
    }

    /// The document in a receiving organisation: into the register, up to the director, down to a unit, and found by its text.
    private func receive(_ number: String, at code: String) async throws -> (entered: Int, isFound: Bool) {
        let clerk = try await self.seat("vanthu", at: code)
        let director = try await self.seat("lanhdao", at: code)
        let head = try await self.seat("truongphong", at: code)
        let waiting = try await self.client.get("/api/v1/deliveries?state=waiting", as: clerk).objects("items")
        guard let delivery = try waiting.first(where: { try $0.text("notation") == number }) else {
            throw APIClient.Failure.unexpected("nothing with number \(number) waits at \(code.uppercased())")
        }
        let registered = try await self.client.post(
            "/api/v1/deliveries/\(try delivery.text("id"))/registration",
            ["register_id": try await self.register("incoming", as: clerk)], as: clerk)
        let entered = try registered.integer("number")
        let path = "/api/v1/documents/\(try registered.text("document_id"))"
        self.tell("\(code.uppercased()): \(clerk.name) (văn thư) vào sổ, số đến \(entered)")
        try await self.client.post(
            "\(path)/actions", ["action": "present", "to_post_id": director.post], as: clerk,
            etag: try await self.etag(path, clerk))
        let due = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 5 * 86400))
        try await self.client.post(
            "\(path)/directions",
            ["text": "Văn phòng chủ trì thực hiện, báo cáo kết quả.", "due_at": due, "lead": ["unit_id": head.unit]],
            as: director, etag: try await self.etag(path, director))
        self.tell("\(code.uppercased()): \(director.name) bút phê, giao đơn vị của \(head.name) chủ trì, hạn 5 ngày")
        // The text of the PDF is read by a job; it is there within moments.
        var isFound = false
        for phrase in ["chuyển đổi số", "chuyen doi so", number.lowercased()] {
            isFound = try await self.isFound(phrase, number: number, as: head)
            guard isFound else { throw APIClient.Failure.unexpected("searching “\(phrase)” does not find \(number)") }
        }
        self.tell("\(code.uppercased()): tìm “chuyen doi so” thấy văn bản")
        return (entered, isFound)
    }

    private func isFound(_ phrase: String, number: String, as seat: APIClient.Seat) async throws -> Bool {
        let query = phrase.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? phrase
        let deadline = self.clock.now + .seconds(20)
        while self.clock.now < deadline {
            let found = try await self.client.get("/api/v1/search?q=\(query)", as: seat).objects("items")
            if try found.contains(where: { try $0.text("notation") == number }) { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    private func keepIssued(_ path: String, as seat: APIClient.Seat, in folder: String) async throws {
        let files = try await self.client.get(path, as: seat).objects("files")
        guard let main = try files.first(where: { try $0.text("role") == "main" }) else {
            throw APIClient.Failure.unexpected("the issued document has no main file")
        }
        let bytes = try await self.client.download("/api/v1/files/\(try main.text("id"))/content", as: seat)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let target = URL(fileURLWithPath: folder).appending(path: "issued.pdf")
        try Data(bytes).write(to: target)
        self.tell("Văn bản đã phát hành: \(target.path) (\(bytes.count / 1024) KB)")
    }

    private func seat(_ login: String, at code: String) async throws -> APIClient.Seat {
        try await self.client.signIn("\(login)@\(code)", password: self.password)
    }

    /// A key may be there from an earlier demonstration.
    private func enrol(_ path: String, _ seat: APIClient.Seat, _ told: String) async throws {
        do {
            try await self.client.post(path, ["pin": self.pin], as: seat)
        } catch let failure as APIClient.Failure where failure.isRefusal("key_exists") {}
        self.tell(told)
    }

    private func act(_ action: String, on path: String, as seat: APIClient.Seat, _ told: String) async throws {
        try await self.client.post(
            "\(path)/actions", ["action": action], as: seat, etag: try await self.etag(path, seat))
        self.tell(told)
    }

    private func etag(_ path: String, _ seat: APIClient.Seat) async throws -> String? {
        try await self.client.get(path, as: seat).etag
    }

    private func register(_ direction: String, as seat: APIClient.Seat) async throws -> String {
        let registers = try await self.client.get("/api/v1/registers", as: seat).objects("items")
        let open = try registers.first { try $0.text("direction") == direction && $0.text("state") == "open" }
        guard let open else { throw APIClient.Failure.unexpected("there is no open register for \(direction)") }
        return try open.text("id")
    }

    private func tell(_ sentence: String) {
        print("• \(sentence)")
    }
}
