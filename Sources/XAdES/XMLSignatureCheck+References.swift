import CXML
import PAdES

/// Each reference: that it leads to exactly one thing, that the thing stands where it is believed to stand, and its digest.
extension XMLSignatureCheck {
    enum Role { case data, signedProperties }

    /// - Returns: what the reference is meant for.
    mutating func check(_ reference: XMLReference) -> Role {
        self.referencesLeft -= 1
        guard self.referencesLeft >= 0 else {
            self.findings.missing.append("too_many_references")
            return .data
        }
        guard let algorithm = reference.digest else {
            self.findings.missing.append("algorithm_unsupported")
            return .data
        }
        if algorithm.isBroken { self.findings.cryptography.append("broken_hash") }
        if algorithm.isWeak { self.findings.weak.append("weak_hash") }
        switch reference.resolve(in: self.document) {
        case .missing: self.findings.missing.append("signed_data_not_found")
        case .unsupported: self.findings.missing.append("reference_unsupported")
        case .ambiguous: self.findings.structure.append("duplicate_id")
        case .detached(let name): self.checkDetached(reference, name)
        case .found(let target, let hasComments):
            self.checkDigest(reference, algorithm, target, hasComments)
            return self.place(reference, target)
        }
        return reference.isOfSignedProperties ? .signedProperties : .data
    }

    private mutating func checkDetached(_ reference: XMLReference, _ name: String) {
        guard let content = self.verifier.content(named: name) else {
            return self.findings.missing.append("signed_data_not_found")
        }
        do {
            if try reference.digest(of: content) == reference.value {
                self.covered.append(.init(.detachedContent, name))
            } else {
                self.findings.cryptography.append("digest_differs")
            }
        } catch is XMLReference.Obstacle {
            self.findings.missing.append("transform_refused")
        } catch {
            self.findings.missing.append("signed_data_unreadable")
        }
    }

    private mutating func checkDigest(
        _ reference: XMLReference, _ algorithm: Digest.Algorithm, _ target: ReferenceTarget, _ hasComments: Bool
    ) {
        do {
            let octets = try reference.octets(
                of: target, hasComments: hasComments, in: self.document, signature: self.element)
            if try Digest.hash(algorithm, octets) != reference.value {
                self.findings.cryptography.append("digest_differs")
            }
            if !(hasComments && reference.keepsComments), self.hasSplitText(target) {
                self.findings.missing.append("comment_splits_text")
            }
        } catch XMLReference.Obstacle.refusedTransform {
            self.findings.missing.append("transform_refused")
        } catch XMLReference.Obstacle.malformed {
            self.findings.cryptography.append("digest_differs")
        } catch XAdESError.tooComplex {
            self.findings.missing.append("too_much_to_canonicalise")
        } catch {
            self.findings.missing.append("canonical_form_unavailable")
        }
    }

    /// Signature wrapping: data that moved keeps its digest, so its place is checked as well.
    private mutating func place(_ reference: XMLReference, _ target: ReferenceTarget) -> Role {
        let signed = self.properties?.signed
        if reference.isOfSignedProperties {
            guard let signed, target.element == signed else {
                self.findings.missing.append("signed_properties_not_found")
                return .signedProperties
            }
            return .signedProperties
        }
        if let signed, target.element == signed {
            self.findings.notes.append("signed_properties_without_type")
            return .signedProperties
        }
        let object: XMLElement? =
            switch reference.type {
            case ReferenceType.object: target.element
            case ReferenceType.manifest, ReferenceType.signatureProperties: target.element?.parent
            default: nil
            }
        if [ReferenceType.object, ReferenceType.manifest, ReferenceType.signatureProperties].contains(reference.type) {
            guard let object, object.isNamed("Object", in: Namespace.signature), object.parent == self.element else {
                self.findings.missing.append("signed_data_misplaced")
                return .data
            }
        }
        self.targets.append(target)
        switch target {
        case .document: self.covered.append(.init(.document))
        case .element(let element): self.covered.append(.init(.element, element.path))
        }
        if let manifest = target.element, manifest.isNamed("Manifest", in: Namespace.signature) {
            self.checkManifest(manifest)
        }
        return .data
    }

    private mutating func checkManifest(_ manifest: XMLElement) {
        for element in manifest.children {
            guard let reference = XMLReference(element) else {
                self.findings.structure.append("reference_malformed")
                continue
            }
            // A manifest that names a manifest: the bound on references ends a circle.
            _ = self.check(reference)
        }
    }

    /// Whether a comment stands within a text: canonical forms drop it, and programs then read one text or two.
    private func hasSplitText(_ target: ReferenceTarget) -> Bool {
        func isText(_ node: xmlNodePtr?) -> Bool {
            guard let node, node.pointee.type == XML_TEXT_NODE || node.pointee.type == XML_CDATA_SECTION_NODE else {
                return false
            }
            return xmlIsBlankNode(node) == 0
        }
        for element in (target.element ?? self.document.root).descendants {
            var child = element.node.pointee.children
            while let current = child {
                if current.pointee.type == XML_COMMENT_NODE, isText(current.pointee.prev), isText(current.pointee.next)
                {
                    return true
                }
                child = current.pointee.next
            }
        }
        return false
    }
}
