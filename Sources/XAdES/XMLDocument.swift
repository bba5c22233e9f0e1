import CXML

/// A parsed document: without a DTD, within bounds, with every identifier and every signature known.
final class XMLDocument {
    let handle: xmlDocPtr
    let limits: XMLLimits
    /// Elements by the value of an attribute that is called id in whatever spelling.
    private(set) var identified: [String: [XMLElement]] = [:]
    private(set) var signatures: [XMLElement] = []
    private let work: ParsedWork
    /// Steps that canonicalisations may still take.
    private var stepsLeft: Int

    /// - Throws: `hasDTD`, `malformed`, `tooComplex`.
    init(_ bytes: [UInt8], limits: XMLLimits) throws(XAdESError) {
        try XMLLibraries.enter()
        guard bytes.count <= limits.bytes else { throw .tooComplex("size") }
        guard TagScan.isWithin(limits.attributes, bytes) else { throw .tooComplex("attributes") }
        (self.handle, self.work) = try BoundedParser.parse(bytes, limits)
        self.limits = limits
        self.stepsLeft = limits.canonicalSteps
        self.index()
    }

    deinit { xmlFreeDoc(self.handle) }

    var root: XMLElement { XMLElement(node: xmlDocGetRootElement(self.handle)) }

    /// Pays for one canonicalisation that leaves out some subtrees.
    func pass(excluding count: Int) throws(XAdESError) {
        self.stepsLeft -= self.work.steps * (1 + count) + self.work.namespaces / 8
        guard self.stepsLeft >= 0 else { throw .tooComplex("canonical form") }
    }

    private func index() {
        for element in self.root.descendants {
            if element.isSignature { self.signatures.append(element) }
            var attribute = element.node.pointee.properties
            while let current = attribute {
                attribute = current.pointee.next
                guard let name = current.pointee.name, xmlStrcasecmp(name, "id") == 0,
                    let value = XMLElement.value(of: current)
                else { continue }
                if self.identified[value]?.last != element { self.identified[value, default: []].append(element) }
            }
        }
    }
}

/// What a document costs whoever passes all of it.
private struct ParsedWork {
    var nodes = 0
    /// The depths of all nodes together.
    var steps = 0
    /// The squares of the numbers of namespaces in scope, of all elements together.
    var namespaces = 0
}

/// libxml2's parser with a hand on it: it is stopped at the first sign of a DTD and at every bound.
private final class BoundedParser {
    private let limits: XMLLimits
    private let startElement: startElementNsSAX2Func?
    private let comment: commentSAXFunc?
    private let instruction: processingInstructionSAXFunc?
    private var failure: XAdESError?
    private var work = ParsedWork()

    private init(_ handler: xmlSAXHandler, _ limits: XMLLimits) {
        self.startElement = handler.startElementNs
        self.comment = handler.comment
        self.instruction = handler.processingInstruction
        self.limits = limits
    }

    static func parse(_ bytes: [UInt8], _ limits: XMLLimits) throws(XAdESError) -> (xmlDocPtr, ParsedWork) {
        guard let context = xmlNewParserCtxt(), let handler = context.pointee.sax else {
            throw .library("xmlNewParserCtxt")
        }
        let watch = BoundedParser(handler.pointee, limits)
        defer {
            xmlFreeParserCtxt(context)
            withExtendedLifetime(watch) {}
        }
        context.pointee._private = Unmanaged.passUnretained(watch).toOpaque()
        handler.pointee.internalSubset = { context, _, _, _ in BoundedParser.stop(context, .hasDTD) }
        handler.pointee.externalSubset = { context, _, _, _ in BoundedParser.stop(context, .hasDTD) }
        handler.pointee.startElementNs = { context, name, prefix, uri, spaces, declared, count, defaulted, attributes in
            guard let watch = BoundedParser.of(context),
                watch.admits(context, 1 + Int(count), declared: Int(spaces))
            else { return }
            watch.startElement?(context, name, prefix, uri, spaces, declared, count, defaulted, attributes)
        }
        handler.pointee.comment = { context, text in
            guard let watch = BoundedParser.of(context), watch.admits(context, 1) else { return }
            watch.comment?(context, text)
        }
        handler.pointee.processingInstruction = { context, target, data in
            guard let watch = BoundedParser.of(context), watch.admits(context, 1) else { return }
            watch.instruction?(context, target, data)
        }
        // Huge: one text may be a whole file in base64. The bounds that this switches off are kept here.
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue
        let document = bytes.withUnsafeBytes { buffer in
            xmlCtxtReadMemory(
                context, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, nil,
                Int32(bitPattern: options))
        }
        if let failure = watch.failure {
            xmlFreeDoc(document)
            throw failure
        }
        guard let document, xmlDocGetRootElement(document) != nil, context.pointee.wellFormed == 1,
            context.pointee.nsWellFormed == 1
        else {
            xmlFreeDoc(document)
            throw .malformed
        }
        return (document, watch.work)
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> BoundedParser? {
        guard let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self), let held = parser.pointee._private
        else {
            return nil
        }
        return Unmanaged<BoundedParser>.fromOpaque(held).takeUnretainedValue()
    }

    private static func stop(_ context: UnsafeMutableRawPointer?, _ failure: XAdESError) {
        guard let watch = self.of(context) else { return }
        if watch.failure == nil { watch.failure = failure }
        xmlStopParser(context?.assumingMemoryBound(to: xmlParserCtxt.self))
    }

    /// Counts the nodes; stops the parser when that is too many.
    private func admits(_ context: UnsafeMutableRawPointer?, _ nodes: Int, declared: Int = 0) -> Bool {
        guard let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self) else { return false }
        let depth = Int(parser.pointee.nodeNr)
        self.work.nodes += nodes + declared
        self.work.steps += (nodes + declared) * (depth + 1)
        // nsTab holds prefix and name of each declaration in scope.
        let inScope = Int(parser.pointee.nsNr) / 2
        self.work.namespaces += inScope * inScope
        let reason: String? =
            depth >= self.limits.depth
            ? "depth"
            : self.work.nodes > self.limits.nodes
                ? "nodes"
                : self.work.namespaces > self.limits.namespaceWork ? "namespaces" : nil
        if let reason { Self.stop(context, .tooComplex(reason)) }
        return reason == nil
    }
}
