import CXML
import PAdES

/// Whether the signature vouches for all that is in the document, or only for a part that somebody may have put elsewhere.
extension XMLSignatureCheck {
    /// The verdict if nothing else is wrong; notes what is left out.
    mutating func coverage() -> AdESVerdict {
        let root = self.document.root
        let elements = Set(self.targets.compactMap(\.element))
        let isDocument = self.targets.contains(.document)
        if root != self.element, !isDocument, !elements.contains(root) {
            self.findings.partial.append("document_partly_signed")
        }
        // The signature's own objects are left out where it is enveloped, and are all there is where it envelops.
        let objects = self.element.children("Object", in: Namespace.signature)
        if !objects.allSatisfy({ self.isAccountedFor($0, elements) }) {
            self.findings.partial.append("unsigned_object")
        }
        return isDocument ? .validFull : .valid
    }

    private func isAccountedFor(_ object: XMLElement, _ signed: Set<XMLElement>) -> Bool {
        if signed.contains(object) { return true }
        let children = object.children
        guard !children.isEmpty, self.hasOnlyElements(object) else {
            return children.isEmpty && self.hasOnlyElements(object)
        }
        return children.allSatisfy { $0 == self.properties?.element || signed.contains($0) }
    }

    private func hasOnlyElements(_ element: XMLElement) -> Bool {
        var child = element.node.pointee.children
        while let current = child {
            let isText = current.pointee.type == XML_TEXT_NODE || current.pointee.type == XML_CDATA_SECTION_NODE
            if isText, xmlIsBlankNode(current) == 0 { return false }
            child = current.pointee.next
        }
        return true
    }
}
