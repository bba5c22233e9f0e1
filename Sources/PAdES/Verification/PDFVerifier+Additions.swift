extension PDFVerifier {
    /// What a file adds to an earlier state of it, its first `length` bytes: judged as if that state had been signed without any certification.
    /// A signature and its field are allowed, also where they are seen; filling other fields and everything else are not.
    ///
    /// - Throws: as `PDFInspection`; `baseChanged` when the first bytes are no whole state of the file.
    public func additions(after length: Int, in pdf: [UInt8]) throws(PDFError) -> [SignatureReport.Change] {
        let file = try PDFFile(pdf, limits: self.limits)
        let base = try PDFFile(Array(pdf.prefix(length)), limits: self.limits)
        guard file.revisions.count > base.revisions.count else { throw .baseChanged }
        // A first signature that certifies is named in the catalogue.
        let (_, catalog) = try base.catalog(in: base.lastView)
        let certification = catalog["Perms"] == nil ? "document catalogue: Perms" : nil
        let updates = self.updates(of: file, since: base.lastView)
        return (base.lastView + 1...file.lastView).flatMap { view in
            (updates[view]?.changes ?? []).map { change in
                let isAllowed =
                    switch change.kind {
                    case .signatureAdded, .metadata, .structure: true
                    case .forbidden: change.subject == certification
                    case .fieldFilled, .annotation: false
                    }
                return SignatureReport.Change(kind: change.kind, subject: change.subject, isAllowed: isAllowed)
            }
        }
    }
}
