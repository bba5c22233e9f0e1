import CXML

/// An element of a document. It must not be used after its document is gone.
struct XMLElement: Hashable {
    let node: xmlNodePtr

    init(node: xmlNodePtr) {
        self.node = node
    }

    var name: String { self.node.pointee.name.map { String(cString: $0) } ?? "" }
    var namespace: String? { self.node.pointee.ns?.pointee.href.map { String(cString: $0) } }

    func isNamed(_ name: String, in namespace: String) -> Bool {
        guard let own = self.node.pointee.name, let space = self.node.pointee.ns?.pointee.href else { return false }
        return xmlStrEqual(own, name) == 1 && xmlStrEqual(space, namespace) == 1
    }

    var isSignature: Bool { self.isNamed("Signature", in: Namespace.signature) }

    var parent: XMLElement? {
        guard let parent = self.node.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE else { return nil }
        return XMLElement(node: parent)
    }

    var children: [XMLElement] {
        var result: [XMLElement] = []
        var child = self.node.pointee.children
        while let current = child {
            if current.pointee.type == XML_ELEMENT_NODE { result.append(XMLElement(node: current)) }
            child = current.pointee.next
        }
        return result
    }

    func children(_ name: String, in namespace: String) -> [XMLElement] {
        self.children.filter { $0.isNamed(name, in: namespace) }
    }

    /// By local name alone: for what ETSI put into a new namespace with each version.
    func children(named name: String) -> [XMLElement] { self.children.filter { $0.name == name } }

    /// An attribute without a namespace.
    func attribute(_ name: String) -> String? {
        xmlHasNsProp(self.node, name, nil).flatMap { Self.value(of: $0) }
    }

    static func value(of attribute: xmlAttrPtr) -> String? {
        guard let text = xmlNodeListGetString(attribute.pointee.doc, attribute.pointee.children, 1) else {
            return attribute.pointee.children == nil ? "" : nil
        }
        defer { vanthu_xml_free(text) }
        return String(cString: text)
    }

    /// The characters of an element that holds nothing but characters; `nil` when there is anything else in it, be it a comment.
    var onlyText: [UInt8]? {
        var bytes: [UInt8] = []
        var child = self.node.pointee.children
        while let current = child {
            guard current.pointee.type == XML_TEXT_NODE || current.pointee.type == XML_CDATA_SECTION_NODE else {
                return nil
            }
            if let content = current.pointee.content {
                bytes += UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content)))
            }
            child = current.pointee.next
        }
        return bytes
    }

    /// `onlyText` as a string without white space around it.
    var text: String? {
        self.onlyText.map { bytes in
            let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
            let tail = bytes.reversed().drop(while: isSpace).count
            return String(decoding: bytes[..<tail].drop(while: isSpace), as: UTF8.self)
        }
    }

    /// All characters in it, at any depth, as a node set's string value has them.
    var stringValue: [UInt8] {
        guard let text = xmlNodeGetContent(self.node) else { return [] }
        defer { vanthu_xml_free(text) }
        return Array(UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text))))
    }

    /// Itself and every element in it, in document order.
    var descendants: some Sequence<XMLElement> {
        sequence(state: (next: Optional(self.node), top: self.node)) { state -> XMLElement? in
            guard let current = state.next else { return nil }
            state.next = Self.following(current, within: state.top)
            return XMLElement(node: current)
        }
    }

    /// The next element in document order.
    private static func following(_ node: xmlNodePtr, within top: xmlNodePtr) -> xmlNodePtr? {
        if let child = xmlFirstElementChild(node) { return child }
        var current = node
        while current != top {
            if let sibling = xmlNextElementSibling(current) { return sibling }
            guard let parent = current.pointee.parent else { return nil }
            current = parent
        }
        return nil
    }

    func isWithin(_ other: XMLElement) -> Bool {
        var current: XMLElement? = self
        while let element = current {
            if element == other { return true }
            current = element.parent
        }
        return false
    }

    /// Such as `/edXML/edXMLEnvelope[2]`: local names, the position among siblings of the name where it is not the first.
    var path: String {
        var steps: [String] = []
        var current: XMLElement? = self
        while let element = current {
            let siblings = element.parent?.children(named: element.name) ?? [element]
            let position = siblings.firstIndex(of: element) ?? 0
            steps.append(element.name + (position > 0 ? "[\(position + 1)]" : ""))
            current = element.parent
        }
        return "/" + steps.reversed().joined(separator: "/")
    }
}
