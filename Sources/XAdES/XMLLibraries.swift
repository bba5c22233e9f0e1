import CXML
import CXMLSec

/// libxml2 and xmlsec1, set up once: they fetch nothing and print nothing.
enum XMLLibraries {
    private static let isReady: Bool = {
        xmlInitParser()
        return vanthu_xmlsec_start() == 0
    }()

    /// To be called on the thread that is going to use them: where libxml2's complaints go is kept for each thread.
    static func enter() throws(XAdESError) {
        guard self.isReady else { throw .library("xmlSecInit") }
        xmlSetStructuredErrorFunc(nil) { _, _ in }
    }
}
