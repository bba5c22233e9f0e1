/// The certificates and revocation data of long-term validation (EN 319 142-1, 5.4): nothing that is shown, and nothing that
/// may be lost.
extension UpdateAnalysis {
    /// A store, a list in it or an entry of `/VRI`: everything that was there must be there still.
    mutating func judgeSecurityStore(_ old: PDFValue, _ new: PDFValue) throws(PDFError) {
        guard old == .null || new != .null, try self.keeps(old, new, depth: 0) else {
            return self.forbid("security store")
        }
        self.allow(.metadata, "security store")
    }

    private func keeps(_ old: PDFValue, _ new: PDFValue, depth: Int) throws(PDFError) -> Bool {
        guard depth < 8 else { return false }
        if old == .null || old == new, old.reference == nil { return true }
        let before = try self.file.resolve(old, in: self.old)
        let after = try self.file.resolve(new, in: self.new)
        switch (before, after) {
        case (.dictionary(let before), .dictionary(let after)):
            if let stream = try self.streamData(old, self.old) { return try stream == self.streamData(new, self.new) }
            for key in before.keys where key != "TU" {
                guard let item = before[key], try self.keeps(item, after[key] ?? .null, depth: depth + 1) else {
                    return false
                }
            }
            return true
        case (.array(let before), .array(let after)):
            let known = Set(after)
            let missing = before.filter { !known.contains($0) }
            if missing.isEmpty { return true }
            // A writer may store the same data anew.
            var data: Set<[UInt8]> = []
            for item in after { if let bytes = try self.streamData(item, self.new) { data.insert(bytes) } }
            for item in missing {
                guard let bytes = try self.streamData(item, self.old), data.contains(bytes) else { return false }
            }
            return true
        default: return before == after
        }
    }

    /// What a stream holds, decoded; `nil` for what is no stream.
    private func streamData(_ value: PDFValue, _ view: Int) throws(PDFError) -> [UInt8]? {
        guard let reference = value.reference, let object = try self.file.object(reference, in: view),
            let raw = object.stream
        else { return nil }
        return (try? self.file.content(of: object, limit: 16 << 20)) ?? Array(self.file.bytes[raw])
    }

    /// Whether two values say the same, however they are written: a number with or without zeros at its end, a value in
    /// place or behind a reference.
    func isSame(_ old: PDFValue?, _ new: PDFValue?) throws(PDFError) -> Bool {
        var budget = 10_000
        return try self.isSame(old ?? .null, new ?? .null, &budget)
    }

    private func isSame(_ old: PDFValue, _ new: PDFValue, _ budget: inout Int) throws(PDFError) -> Bool {
        if old == new { return true }
        budget -= 1
        guard budget > 0 else { return false }
        switch (old, new) {
        case (.reference, .reference): return false
        case (.reference(let reference), _):
            // A reference stays one object; a value written into its place is another copy of the same.
            let object = try self.file.object(reference, in: self.old)
            guard object?.stream == nil else { return false }
            return try self.isSame(object?.value ?? .null, new, &budget)
        case (_, .reference(let reference)):
            let object = try self.file.object(reference, in: self.new)
            guard object?.stream == nil else { return false }
            return try self.isSame(old, object?.value ?? .null, &budget)
        case (.array(let a), .array(let b)):
            guard a.count == b.count else { return false }
            for (x, y) in zip(a, b) where try !self.isSame(x, y, &budget) { return false }
            return true
        case (.dictionary(let a), .dictionary(let b)):
            for key in Set(a.keys).union(b.keys) where try !self.isSame(a[key] ?? .null, b[key] ?? .null, &budget) {
                return false
            }
            return true
        default:
            guard let a = old.number, let b = new.number else { return false }
            return a == b
        }
    }
}
