import Foundation
import PAdES
import Testing

/// A root, an issuing authority and end entities made by OpenSSL's command, which also computes the raw signatures.
final class TestPKI: Sendable {
    enum Key: String, CaseIterable, Sendable {
        case p256, p384, p521, rsa2048, rsa1024, encipherOnly
    }

    static let shared = Result { try TestPKI() }

    let folder: TemporaryFolder
    let root: [UInt8]
    let issuer: [UInt8]
    private let certificates: [Key: [UInt8]]

    private init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let extensions = """
            [ca]
            basicConstraints=critical,CA:TRUE
            keyUsage=critical,keyCertSign,cRLSign
            subjectKeyIdentifier=hash
            [leaf]
            basicConstraints=critical,CA:FALSE
            keyUsage=critical,digitalSignature,nonRepudiation
            subjectKeyIdentifier=hash
            authorityKeyIdentifier=keyid
            [encipherOnly]
            basicConstraints=critical,CA:FALSE
            keyUsage=critical,keyEncipherment
            """
        try folder.write(Array(extensions.utf8), "extensions.cnf")
        func openssl(_ arguments: String...) throws {
            let output = try Tools.run("openssl", arguments)
            guard output.status == 0 else { throw Failure(text: output.text) }
        }
        func request(_ name: String, _ algorithm: [String], _ subject: String) throws {
            try openssl(
                ["req", "-newkey"] + algorithm + [
                    "-nodes", "-utf8", "-keyout", folder.path(name + ".key"), "-out", folder.path(name + ".csr"),
                    "-subj", subject,
                ])
        }
        func openssl(_ arguments: [String]) throws {
            let output = try Tools.run("openssl", arguments)
            guard output.status == 0 else { throw Failure(text: output.text) }
        }
        func issue(_ name: String, by issuer: String?, _ section: String) throws -> [UInt8] {
            var arguments = [
                "x509", "-req", "-in", folder.path(name + ".csr"), "-days", "3650", "-sha256", "-extfile",
                folder.path("extensions.cnf"), "-extensions", section, "-out", folder.path(name + ".pem"),
            ]
            if let issuer {
                arguments += ["-CA", folder.path(issuer + ".pem"), "-CAkey", folder.path(issuer + ".key")]
                arguments += ["-set_serial", "0x00\(UInt64.random(in: 1...UInt64.max))"]
            } else {
                arguments += ["-signkey", folder.path(name + ".key")]
            }
            try openssl(arguments)
            try openssl(
                "x509", "-in", folder.path(name + ".pem"), "-outform", "DER", "-out", folder.path(name + ".der"))
            return try folder.read(name + ".der")
        }
        let p256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        try request("root", p256, "/C=VN/O=VNPost Test/CN=Gốc thử nghiệm")
        self.root = try issue("root", by: nil, "ca")
        try request("issuer", p256, "/C=VN/O=VNPost Test/CN=CA cấp phát thử nghiệm")
        self.issuer = try issue("issuer", by: "root", "ca")
        var certificates: [Key: [UInt8]] = [:]
        for key in Key.allCases {
            let algorithm =
                switch key {
                case .p256, .encipherOnly: p256
                case .p384: ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]
                case .p521: ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"]
                case .rsa2048: ["rsa:2048"]
                case .rsa1024: ["rsa:1024"]
                }
            try request(
                key.rawValue, algorithm, "/C=VN/O=Bưu điện thành phố Hà Nội/title=Giám đốc/CN=Nguyễn Văn An")
            certificates[key] = try issue(
                key.rawValue, by: "issuer", key == .encipherOnly ? "encipherOnly" : "leaf")
        }
        self.certificates = certificates
    }

    struct Failure: Error { var text: String }

    func certificate(_ key: Key) throws -> [UInt8] { try #require(self.certificates[key]) }

    /// What a token would do: signs the data with the key, hashing it itself.
    func sign(_ data: [UInt8], _ key: Key, _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
        try Self.sign(data, keyFile: self.folder.path(key.rawValue + ".key"), algorithm)
    }

    static func sign(_ data: [UInt8], keyFile: String, _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try folder.write(data, "data")
        let hash = algorithm.rawValue.hasSuffix("256") ? "256" : algorithm.rawValue.hasSuffix("384") ? "384" : "512"
        var arguments = ["dgst", "-sha\(hash)", "-sign", keyFile]
        if algorithm.rawValue.hasPrefix("rsaPSS") {
            arguments += ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
        }
        let output = try Tools.run("openssl", arguments + ["-out", folder.path("signature"), folder.path("data")])
        guard output.status == 0 else { throw Failure(text: output.text) }
        return try folder.read("signature")
    }

    /// Prepares, signs and completes.
    func signed(
        _ pdf: [UInt8], _ purpose: SigningRequest.Purpose, _ place: SigningRequest.Place, key: Key = .p256,
        appearance: SignatureAppearance? = nil
    ) throws -> [UInt8] {
        let request = SigningRequest(
            purpose: purpose, place: place, certificate: try self.certificate(key), chain: [self.issuer],
            time: SigningTime(secondsSince1970: 1_795_000_000), name: "Nguyễn Văn An", appearance: appearance)
        let prepared = try PreparedSignature.prepare(pdf, request)
        let value = try self.sign(prepared.signedAttributes, key, prepared.algorithm)
        return try prepared.completed(over: pdf, with: value)
    }

    var verifier: PDFVerifier { PDFVerifier(roots: [self.root]) }
}
