import Foundation

/// What every text passes at the door: one spelling (NFC) and nothing invisible.
package enum Text {
    /// `text` in NFC, without invisible characters and without white space at its ends; `nil` when it holds a control
    /// character that a text of this kind cannot have.
    ///
    /// - Parameter lines: whether line breaks and tabs are allowed. Line breaks come out as `\n`.
    package static func cleaned(_ text: String, lines: Bool = false) -> String? {
        var scalars = String.UnicodeScalarView()
        var isPlain = true
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20...0x7E, 0xA0..<0xAD, 0xAE..<0x300, 0x1EA0...0x1EF9: scalars.append(scalar)
            case 0x0A, 0x09:
                guard lines else { return nil }
                scalars.append(scalar)
            case 0x0D: guard lines else { return nil }
            case 0..<0x20, 0x7F..<0xA0: return nil
            default:
                if Self.isInvisible(scalar) { continue }
                isPlain = false
                scalars.append(scalar)
            }
        }
        let kept = String(scalars)
        return Self.trimmed(isPlain ? kept : kept.precomposedStringWithCanonicalMapping)
    }

    /// Zero-width characters and direction overrides: they make two texts look alike that differ, or a name read backwards.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF: true
        default: false
        }
    }

    private static func trimmed(_ text: String) -> String {
        guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
        let head = text.drop { $0.isWhitespace }
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}

extension UUID {
    /// Lower case, as RFC 9562 writes it and PostgreSQL prints it.
    package var text: String { self.uuidString.lowercased() }

    /// Reads the form with hyphens only, in either case.
    package init?(text: some StringProtocol) {
        guard text.utf8.count == 36, let id = UUID(uuidString: String(text)) else { return nil }
        self = id
    }
}
