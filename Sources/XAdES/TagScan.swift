/// Counts the attributes of each tag before a parser sees them: libxml2 compares every attribute of an element with every
/// other before it tells anybody about the element.
enum TagScan {
    /// Whether no tag has more than `limit` attributes. Bytes of value 0 are passed over, so that UTF-16 is counted too.
    static func isWithin(_ limit: Int, _ bytes: [UInt8]) -> Bool {
        enum State { case text, markup, tag, quoted(UInt8), instruction, comment, section }
        var state = State.text
        var (attributes, last, beforeLast) = (0, UInt8(0), UInt8(0))
        for byte in bytes where byte != 0 {
            switch state {
            case .text:
                if byte == 0x3C { (state, attributes) = (.markup, 0) }
            case .markup:
                switch byte {
                case 0x3F: state = .instruction
                // `<!-` and `<![`; a declaration (`<!D`) is refused elsewhere.
                case 0x21: break
                case 0x2D where last == 0x21: state = .comment
                case 0x5B where last == 0x21: state = .section
                case 0x3E: state = .text
                default: state = .tag
                }
            case .tag:
                if byte == 0x3E { state = .text }
                if byte == 0x22 || byte == 0x27 {
                    attributes += 1
                    guard attributes <= limit else { return false }
                    state = .quoted(byte)
                }
            case .quoted(let quote):
                if byte == quote { state = .tag }
            case .instruction:
                if byte == 0x3E, last == 0x3F { state = .text }
            case .comment:
                if byte == 0x3E, last == 0x2D, beforeLast == 0x2D { state = .text }
            case .section:
                if byte == 0x3E, last == 0x5D, beforeLast == 0x5D { state = .text }
            }
            (beforeLast, last) = (last, byte)
        }
        return true
    }
}
