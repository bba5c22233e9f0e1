import PAdES

/// A first look at a PDF that somebody sent: whether it is one, whole, readable without a password, and how many pages it has.
public enum PDFCheck {
    /// What the look found.
    public enum Verdict: Hashable, Sendable {
        case sound(pages: Int)
        case notAPDF
        case encrypted
        /// Cut off, or so made that no reader can be trusted with it.
        case damaged
    }

    /// Blocking, and at most some milliseconds a megabyte: to be called on a thread that may block. Any bytes are safe.
    public static func look(at bytes: [UInt8]) -> Verdict {
        do {
            return .sound(pages: try PDFInspection(bytes).pages.count)
        } catch .notAPDF {
            return .notAPDF
        } catch .encrypted {
            return .encrypted
        } catch {
            return .damaged
        }
    }
}
