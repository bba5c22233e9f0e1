/// A file of SQL, cut into its statements, so that a mistake is reported with the line it is on.
///
/// It knows what PostgreSQL's lexer knows of quoting: strings, escape strings, quoted names, dollar quotes, comments and nested
/// comments. It does not know psql's own commands.
public struct SQLScript: Sendable {
    /// One statement of the file.
    public struct Statement: Sendable, Hashable {
        public let text: String
        /// Of its first word, from 1.
        public let line: Int
    }

    public let statements: [Statement]

    public init(_ source: String) {
        var cutter = Cutter(bytes: Array(source.utf8))
        self.statements = cutter.run()
    }

    private struct Cutter {
        let bytes: [UInt8]
        var index = 0
        var line = 1
        var start: Int?
        var startLine = 1
        var statements: [Statement] = []

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func run() -> [Statement] {
            while let byte = self.peek() {
                switch byte {
                case UInt8(ascii: "-") where self.peek(1) == UInt8(ascii: "-"):
                    while let next = self.peek(), next != UInt8(ascii: "\n") { self.step() }
                case UInt8(ascii: "/") where self.peek(1) == UInt8(ascii: "*"): self.skipComment()
                case UInt8(ascii: "'"): self.skipQuoted(UInt8(ascii: "'"), escapes: self.isEscapeString)
                case UInt8(ascii: "\""): self.skipQuoted(UInt8(ascii: "\""), escapes: false)
                case UInt8(ascii: "$"): self.skipDollarQuoted()
                case UInt8(ascii: ";"): self.finish()
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): self.step()
                default:
                    self.begin()
                    self.step()
                }
            }
            self.finish()
            return self.statements
        }

        private func peek(_ ahead: Int = 0) -> UInt8? {
            self.index + ahead < self.bytes.count ? self.bytes[self.index + ahead] : nil
        }

        private mutating func step(_ count: Int = 1) {
            for _ in 0..<count where self.index < self.bytes.count {
                if self.bytes[self.index] == UInt8(ascii: "\n") { self.line += 1 }
                self.index += 1
            }
        }

        private mutating func begin() {
            guard self.start == nil else { return }
            self.start = self.index
            self.startLine = self.line
        }

        private mutating func finish() {
            if let start = self.start {
                self.statements.append(
                    Statement(
                        text: String(decoding: self.bytes[start..<self.index], as: UTF8.self), line: self.startLine))
            }
            self.start = nil
            self.step()
        }

        private var isEscapeString: Bool {
            guard self.index > 0, self.bytes[self.index - 1] | 0x20 == UInt8(ascii: "e") else { return false }
            return self.index < 2 || !Self.isWord(self.bytes[self.index - 2])
        }

        private mutating func skipComment() {
            var depth = 0
            repeat {
                if self.peek() == UInt8(ascii: "/"), self.peek(1) == UInt8(ascii: "*") {
                    depth += 1
                    self.step(2)
                } else if self.peek() == UInt8(ascii: "*"), self.peek(1) == UInt8(ascii: "/") {
                    depth -= 1
                    self.step(2)
                } else {
                    self.step()
                }
            } while depth > 0 && self.peek() != nil
        }

        /// A doubled quote closes and opens again, which comes to the same.
        private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
            self.begin()
            self.step()
            while let byte = self.peek(), byte != quote {
                self.step(escapes && byte == UInt8(ascii: "\\") ? 2 : 1)
            }
            self.step()
        }

        private mutating func skipDollarQuoted() {
            self.begin()
            var end = self.index + 1
            while end < self.bytes.count, Self.isWord(self.bytes[end]) { end += 1 }
            let tag = Array(self.bytes[self.index..<min(end + 1, self.bytes.count)])
            let isParameter = tag.count > 1 && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(tag[1])
            let isWithinWord = self.index > 0 && Self.isWord(self.bytes[self.index - 1])
            guard end < self.bytes.count, self.bytes[end] == UInt8(ascii: "$"), !isParameter, !isWithinWord else {
                self.step()
                return
            }
            self.step(tag.count)
            while self.peek() != nil, !self.bytes[self.index...].starts(with: tag) { self.step() }
            self.step(tag.count)
        }

        private static func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), 0x80...:
                true
            default: false
            }
        }
    }
}
