import PAdES

extension SigningTime {
    /// From `xsd:dateTime`, such as `2026-11-23T10:30:05.250+07:00`; without a zone it is read as UTC. A fraction is cut off.
    init?(xml text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        guard bytes.count >= 19, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
            bytes[16] == 0x3A,
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
            (1...31).contains(day),
            hour <= 24, minute < 60, second <= 60
        else { return nil }
        var rest = bytes[19...]
        if rest.first == 0x2E { rest = rest.dropFirst().drop { (0x30...0x39).contains($0) } }
        var offset = 0
        switch rest.first {
        case nil: break
        case 0x5A where rest.count == 1: break
        case 0x2B where rest.count == 6, 0x2D where rest.count == 6:
            let start = rest.startIndex
            guard rest[start + 3] == 0x3A, let hours = number((start + 1)..<(start + 3)),
                let minutes = number((start + 4)..<(start + 6))
            else { return nil }
            offset = (hours * 60 + minutes) * (rest.first == 0x2B ? 60 : -60)
        default: return nil
        }
        // Days since 1970 in the Gregorian calendar, counting years from 1 March.
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        self.init(secondsSince1970: Int64(days * 86_400 + hour * 3_600 + minute * 60 + second - offset))
    }
}
