/// What the agent says to the person at the machine.
public enum AgentWords: String, Sendable, CaseIterable {
    case vi, en

    func asks(_ origin: String, _ count: Int) -> String {
        switch self {
        case .vi: "Trang \(origin) đề nghị ký \(count) văn bản."
        case .en: "The page \(origin) asks to sign \(count) document\(count == 1 ? "" : "s")."
        }
    }

    func certificate(_ subject: String, _ token: String, _ algorithm: String) -> String {
        switch self {
        case .vi: "Chứng thư: \(subject) (thiết bị \(token)), \(algorithm)"
        case .en: "Certificate: \(subject) (token \(token)), \(algorithm)"
        }
    }

    /// How to answer at a terminal.
    var answer: String {
        switch self {
        case .vi: "Gõ “có” rồi Enter để ký, Enter để từ chối: "
        case .en: "Type “yes” and Enter to sign, Enter to refuse: "
        }
    }

    func isYes(_ answer: String) -> Bool {
        ["có", "co", "yes"].contains(answer.lowercased())
    }

    func pin(_ token: String, _ left: TriesLeft) -> String {
        let warning: String =
            switch (self, left) {
            case (.vi, .few): " (đã có lần nhập sai)"
            case (.vi, .last): " (LẦN CUỐI: sai nữa thiết bị sẽ khoá)"
            case (.en, .few): " (a wrong PIN was entered before)"
            case (.en, .last): " (LAST TRY: another wrong PIN locks the token)"
            default: ""
            }
        return switch self {
        case .vi: "Mã PIN của thiết bị \(token)\(warning): "
        case .en: "PIN of the token \(token)\(warning): "
        }
    }

    func pinPad(_ token: String) -> String {
        switch self {
        case .vi: "Nhập mã PIN trên thiết bị \(token)."
        case .en: "Enter the PIN on the token \(token)."
        }
    }

    func pairing(_ code: String) -> String {
        switch self {
        case .vi: "Mã ghép với trang web: \(code)"
        case .en: "Pairing code for the page: \(code)"
        }
    }

    func paired(_ origin: String) -> String {
        switch self {
        case .vi: "Đã ghép với \(origin)."
        case .en: "Paired with \(origin)."
        }
    }

    var pairingClosed: String {
        switch self {
        case .vi: "Năm lần sai mã ghép: khởi động lại để có mã mới."
        case .en: "Five wrong pairing codes: start again for a new one."
        }
    }

    func signed(_ count: Int) -> String {
        switch self {
        case .vi: "Đã ký \(count) văn bản."
        case .en: "Signed \(count) document\(count == 1 ? "" : "s")."
        }
    }

    func refused(_ code: String) -> String {
        switch self {
        case .vi: "Không ký: \(code)."
        case .en: "Not signed: \(code)."
        }
    }
}
