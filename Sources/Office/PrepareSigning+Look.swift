import Documents
import Foundation
import Platform
import Signatures

extension PrepareSigning {
    /// What would become of one document if it were prepared now.
    public struct Look: Sendable {
        public let document: UUID
        /// Such as `title_differs`.
        public let warnings: [String]
        /// Why it cannot be signed; nil when it can.
        public let refusal: Refusal?
    }

    /// Looks at every document as preparing does, and keeps nothing: what the page for signing many shows before a PIN is asked for. The
    /// choice must not be a certificate that a device has just shown. Throws what is a failure and no refusal.
    public func look(as caller: Caller) async throws -> [Look] {
        var looks: [Look] = []
        for wish in self.wishes {
            do {
                let item = try await self.prepared(self.ground(of: wish, nil, as: caller), at: wish.place, as: caller)
                var warnings: [String] = []
                if case .prepared(_, _, _, let decision) = item.outcome { warnings = decision.warnings }
                looks.append(Look(document: wish.document, warnings: warnings, refusal: nil))
            } catch {
                guard let refusal = Refusal(of: error) else { throw error }
                looks.append(Look(document: wish.document, warnings: [], refusal: refusal))
            }
        }
        return looks
    }
}
