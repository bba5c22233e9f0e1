import COpenSSL
import Foundation
import PAdES

// Times our signatures in this process, its key loaded, and beside them OpenSSL's own CMS over the very same bytes. Called by
// scripts/bench-signatures, which makes the folder: rsa.key, rsa.der, p256.key, p256.der, root.der, issuer.der, small.pdf (100 KB),
// large.pdf (10 MB).
// Prints one JSON object: case → [seconds of each round].

struct Failure: Error { var text: String }

func read(_ name: String) throws -> [UInt8] {
    let url = URL(fileURLWithPath: CommandLine.arguments[1]).appendingPathComponent(name)
    return [UInt8](try Data(contentsOf: url))
}

/// A key that stays loaded, as in a signer's process.
final class LoadedKey {
    let key: OpaquePointer
    let certificate: [UInt8]
    let algorithm: SignatureAlgorithm
    private let x509: OpaquePointer

    init(_ name: String, _ algorithm: SignatureAlgorithm) throws {
        let path = CommandLine.arguments[1] + "/" + name + ".key"
        guard let file = BIO_new_file(path, "r") else { throw Failure(text: path) }
        defer { BIO_free(file) }
        guard let key = PEM_read_bio_PrivateKey(file, nil, nil, nil) else { throw Failure(text: path) }
        self.key = key
        self.certificate = try read(name + ".der")
        self.algorithm = algorithm
        let x509 = self.certificate.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_X509(nil, &cursor, buffer.count)
        }
        guard let x509 else { throw Failure(text: name) }
        self.x509 = x509
    }

    func sign(_ data: [UInt8]) throws -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw Failure(text: "EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard EVP_DigestSignInit(context, &keyContext, EVP_sha256(), nil, self.key) == 1 else {
            throw Failure(text: "EVP_DigestSignInit")
        }
        if self.algorithm == .rsaPSSWithSHA256 {
            guard EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, 32) == 1
            else { throw Failure(text: "PSS") }
        }
        var size = 0
        guard EVP_DigestSign(context, nil, &size, data, data.count) == 1 else { throw Failure(text: "EVP_DigestSign") }
        var value = [UInt8](repeating: 0, count: size)
        guard EVP_DigestSign(context, &value, &size, data, data.count) == 1 else {
            throw Failure(text: "EVP_DigestSign")
        }
        return Array(value.prefix(size))
    }

    /// OpenSSL's detached SignedData over the bytes, as DER.
    func raw(_ data: [UInt8]) throws -> Int {
        guard let input = data.withUnsafeBytes({ BIO_new_mem_buf($0.baseAddress, Int32($0.count)) }) else {
            throw Failure(text: "BIO_new_mem_buf")
        }
        defer { BIO_free(input) }
        let flags = UInt32(CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP)
        guard let cms = CMS_sign(self.x509, self.key, nil, input, flags) else { throw Failure(text: "CMS_sign") }
        defer { CMS_ContentInfo_free(cms) }
        var der: UnsafeMutablePointer<UInt8>?
        let size = i2d_CMS_ContentInfo(cms, &der)
        CRYPTO_free(der, nil, 0)
        return Int(size)
    }
}

func signed(_ pdf: [UInt8], _ key: LoadedKey, _ issuer: [UInt8], field: String) throws -> [UInt8] {
    let request = SigningRequest(
        purpose: .approval, place: .hidden(field), certificate: key.certificate, chain: [issuer],
        algorithm: key.algorithm, time: SigningTime(secondsSince1970: 1_795_000_000))
    let prepared = try PreparedSignature.prepare(pdf, request)
    return try prepared.completing(with: try key.sign(prepared.signedAttributes))
}

func measure(_ rounds: Int, _ body: () throws -> Void) rethrows -> [Double] {
    try body()
    return try (0..<rounds).map { _ in
        let start = ContinuousClock.now
        try body()
        let time = (ContinuousClock.now - start).components
        return Double(time.seconds) + Double(time.attoseconds) / 1e18
    }
}

let rounds = Int(CommandLine.arguments[2]) ?? 200
let issuer = try read("issuer.der")
let root = try read("root.der")
let (small, large) = (try read("small.pdf"), try read("large.pdf"))
let keys = [
    "RSA-2048": try LoadedKey("rsa", .rsaPSSWithSHA256), "P-256": try LoadedKey("p256", .ecdsaWithSHA256),
]
var results: [String: [Double]] = [:]
for (name, key) in keys {
    for (size, pdf, count) in [("100 KB", small, rounds), ("10 MB", large, max(10, rounds / 4))] {
        results["sign \(name) \(size)"] = try measure(count) { _ = try signed(pdf, key, issuer, field: "Sig") }
        results["raw \(name) \(size)"] = try measure(count) { _ = try key.raw(pdf) }
    }
}
guard let elliptic = keys["P-256"] else { throw Failure(text: "P-256") }
let verifier = PDFVerifier(roots: [root], intermediates: [issuer])
for (size, pdf, count) in [("100 KB", small, rounds), ("10 MB", large, max(10, rounds / 4))] {
    var four = pdf
    for number in 1...4 { four += try signed(four, elliptic, issuer, field: "Sig\(number)") }
    results["verify 4 \(size)"] = try measure(count) {
        let report = verifier.report(on: four)
        guard report.signatures.count == 4, report.isValid else { throw Failure(text: "\(report.reasons)") }
    }
}
FileHandle.standardOutput.write(try JSONEncoder().encode(results))
