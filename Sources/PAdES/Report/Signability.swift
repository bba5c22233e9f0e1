/// Whether and how a PDF may still be signed, found by asking the signer's own rules: the same reader, the same permissions and the same
/// writing of the update, short of hashing and of any certificate. Nobody is trusted, nothing is changed.
public struct Signability: Sendable, Hashable {
    /// The verdict in one stable word.
    public enum Word: String, Sendable, Codable, CaseIterable {
        case signable = "SIGNABLE"
        /// Whoever has the password may sign it.
        case signableWithPassword = "SIGNABLE_WITH_PASSWORD"
        /// Not even that can be said without the password.
        case needsPassword = "NEEDS_PASSWORD"
        /// It could be signed, but its author, or whoever signed it before, forbids it.
        case refuseToSign = "REFUSE_TO_SIGN"
        /// It ends too early: saved anew by what made it, it may be signed.
        case refuseOrRepair = "REFUSE_OR_REPAIR"
        /// Signing it would vouch for something that readers understand differently.
        case refuse = "REFUSE"
    }

    /// What is to be known beside the word.
    public enum Reason: String, Sendable, Codable, CaseIterable {
        case passwordNeeded = "password_needed"
        /// A way of enciphering that takes no password, or one that is not known here.
        case encryptionUnknown = "encryption_unknown"
        case permissionsForbid = "permissions_forbid"
        case certifiedNoChanges = "certified_no_changes"
        case fieldsLocked = "fields_locked"
        /// Certified: a signature may be added where nothing new is seen.
        case noNewVisibleField = "no_new_visible_field"
        case onlyPreparedFields = "only_prepared_fields"
        /// One of the signatures that are there does not hold; another one would not mend it.
        case earlierSignatureNotValid = "earlier_signature_not_valid"
        case notAPDF = "not_a_pdf"
        case truncated = "truncated_pdf"
        case damaged = "damaged_pdf"
        case hybrid = "hybrid_pdf"
        case tooComplex = "pdf_too_complex"
        case unsupported = "unsupported_pdf"

        init(_ error: PDFError) { self = Self(rawValue: error.code) ?? .damaged }
    }

    public var word: Word
    public var reasons: [Reason]

    /// Any bytes are safe. Blocking and bound to the processor: some milliseconds a megabyte of structure.
    public init(of pdf: [UInt8], limits: PDFLimits = .standard) {
        let file: PDFFile
        do {
            file = try PDFFile(pdf, limits: limits, reading: .extending)
        } catch .encrypted {
            self = Self.locked(pdf, limits)
            return
        } catch {
            self = Self.refusal(error)
            return
        }
        do {
            self.reasons = try Self.ways(of: file)
            self.word = .signable
        } catch {
            self = Self.refusal(error, in: file)
        }
    }

    private init(_ word: Word, _ reasons: [Reason]) { (self.word, self.reasons) = (word, reasons) }

    /// A file that opens only with a password: often all but its texts can be read without.
    private static func locked(_ pdf: [UInt8], _ limits: PDFLimits) -> Signability {
        guard let file = try? PDFFile(pdf, limits: limits, reading: .locked) else {
            return Self(.refuse, [.encryptionUnknown])
        }
        do {
            return Self(.signableWithPassword, [.passwordNeeded] + (try self.ways(of: file)))
        } catch .changeForbidden {
            return Self(.refuseToSign, [self.prohibition(in: file), .passwordNeeded])
        } catch {
            return Self(.needsPassword, [.passwordNeeded])
        }
    }

    private static func refusal(_ error: PDFError, in file: PDFFile? = nil) -> Signability {
        switch error {
        case .changeForbidden: Self(.refuseToSign, [file.map(self.prohibition(in:)) ?? .permissionsForbid])
        case .truncated: Self(.refuseOrRepair, [.truncated])
        default: Self(.refuse, [Reason(error)])
        }
    }

    /// Fields that are tried at most.
    private static let mostFields = 16

    /// What narrows the ways to sign; none when a visible field may be added. Throws the signer's refusal.
    private static func ways(of file: PDFFile) throws(PDFError) -> [Reason] {
        let form = try file.resolve(try file.catalog(in: file.lastView).value["AcroForm"], in: file.lastView).dictionary
        guard form?["XFA"] == nil else { throw .unsupported("XFA form") }
        let fields = try file.fields(in: file.lastView)
        var name = "vanthu"
        while fields.contains(where: { $0.name == name }) { name += "_" }
        do {
            _ = try PreparedSignature.space(in: file, self.request(.hidden(name)))
            return try file.permissions(in: file.lastView).certification == nil ? [] : [.noNewVisibleField]
        } catch {
            guard case .changeForbidden = error else { throw error }
            for field in fields.filter(\.isSignature).prefix(self.mostFields)
            where (try? PreparedSignature.space(in: file, self.request(.field(field.name)))) != nil {
                return [.onlyPreparedFields]
            }
            throw error
        }
    }

    private static func request(_ place: SigningRequest.Place) -> SigningRequest {
        SigningRequest(purpose: .approval, place: place, certificate: [], time: SigningTime(secondsSince1970: 0))
    }

    private static func prohibition(in file: PDFFile) -> Reason {
        if let permissions = try? file.permissions(in: file.lastView), permissions.certification == 1 {
            return .certifiedNoChanges
        }
        if let grants = file.grants, !grants.permitsFields { return .permissionsForbid }
        return .fieldsLocked
    }
}

extension Signability {
    var json: ReportJSON {
        .object([("verdict", .string(self.word.rawValue)), ("reasons", .texts(self.reasons.map(\.rawValue)))])
    }

    /// In words: whether it may be signed, and what is to be known.
    public func sentence(in language: ReportLanguage) -> String {
        let reasons = self.reasons.map { ReportWords.word("signing_reason." + $0.rawValue, in: language) }
        return ReportWords.word("signing." + self.word.rawValue, in: language)
            + (reasons.isEmpty ? "" : " (" + reasons.joined(separator: "; ") + ")")
    }
}
