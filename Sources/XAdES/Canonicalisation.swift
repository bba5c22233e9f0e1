import CXMLSec
import Glibc

/// What a reference points at, before its transforms.
enum ReferenceTarget: Hashable {
    case document
    case element(XMLElement)

    var element: XMLElement? { if case .element(let element) = self { element } else { nil } }
}

/// Node sets and canonical forms by xmlsec1.
extension XMLDocument {
    /// The canonical bytes of `target` without the subtrees in `without`.
    ///
    /// - Parameters:
    ///   - method: the element that names the method and its parameters (a Transform or a CanonicalizationMethod); `nil` is
    ///     inclusive canonicalisation without comments.
    ///   - hasComments: whether comments belong to the node set; a method without comments drops them all the same.
    func canonical(
        _ target: ReferenceTarget, without: [XMLElement] = [], by method: XMLElement?, hasComments: Bool
    ) throws(XAdESError) -> [UInt8] {
        try self.pass(excluding: without.count)
        var octets: UnsafeMutablePointer<UInt8>?
        var size = 0
        let status = without.map { Optional(UnsafeMutableRawPointer($0.node)) }.withUnsafeBufferPointer { subtrees in
            vanthu_xmlsec_canonical(
                self.handle, target.element?.node, hasComments ? 1 : 0, subtrees.baseAddress, subtrees.count,
                method?.node,
                &octets, &size)
        }
        defer { free(octets) }
        guard status == 0, let octets else { throw .library("canonicalisation") }
        return Array(UnsafeBufferPointer(start: octets, count: size))
    }
}
