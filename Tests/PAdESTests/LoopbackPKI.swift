import Foundation
import PAdES
import Testing

/// Authorities by certomancer, which shares no code with ours: a root, an issuer with OCSP, and a time stamp authority, answering over
/// HTTP on the loopback for as long as this value lives.
final class LoopbackPKI: Sendable {
    static let isAvailable: Bool = {
        guard let python = Tools.python, Tools.has("curl") else { return false }
        return (try? Tools.run(python, ["-c", "import certomancer.integrations.animator"]).status) == 0
    }()

    let folder: TemporaryFolder
    private let server: Process
    private let lifeline: Pipe
    private let base: String

    init() throws {
        let folder = try TemporaryFolder()
        for name in ["root", "issuer", "ocsp", "tsa", "signer"] {
            let output = try Tools.run(
                "openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder.path(name + ".key")])
            try #require(output.status == 0, "\(output.text)")
        }
        try folder.write(Array(Self.configuration.utf8), "pki.yml")
        try folder.write(Array(Self.script.utf8), "serve.py")
        let (server, lifeline, output) = (Process(), Pipe(), Pipe())
        server.executableURL = URL(fileURLWithPath: try #require(Tools.python))
        server.arguments = [folder.path("serve.py"), folder.path("pki.yml"), folder.url.path]
        server.standardInput = lifeline
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        try server.run()
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        self.folder = folder
        self.server = server
        self.lifeline = lifeline
        self.base = "http://127.0.0.1:\(try #require(Int(line)))"
    }

    deinit { self.stop() }

    /// Whatever is judged afterwards is judged by what is in the file.
    func stop() {
        guard self.server.isRunning else { return }
        try? self.lifeline.fileHandleForWriting.close()
        self.server.waitUntilExit()
    }

    /// - Parameter time: what the authority takes for now, ISO 8601.
    private func ask(
        _ path: String, _ body: [UInt8]? = nil, type: String = "", at time: String? = nil
    ) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        var arguments = ["-sS", "--fail", "-o", folder.path("answer"), self.base + path]
        if let time { arguments += ["-H", "X-Certomancer-Fake-Time: " + time] }
        if let body {
            arguments += ["-H", "Content-Type: " + type, "--data-binary", "@" + (try folder.write(body, "question"))]
        }
        let output = try Tools.run("curl", arguments)
        try #require(output.status == 0, "\(output.text)")
        return try folder.read("answer")
    }

    func certificate(_ name: String) throws -> [UInt8] { try self.ask("/_certomancer/any-cert/vn/\(name).crt") }

    func stamp(_ request: TimeStampRequest, _ era: Era = .now) throws -> [UInt8] {
        try self.ask(
            "/vn/tsa/\(era.authority)", try request.der, type: "application/timestamp-query", at: era.time)
    }

    func revocationList(of issuer: String, at time: String? = nil) throws -> [UInt8] {
        try self.ask("/vn/crls/\(issuer)/latest.crl", at: time)
    }

    func status(of name: String, at time: String? = nil) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        func pem(_ name: String) throws -> String {
            let der = try folder.write(try self.certificate(name), name + ".der")
            _ = try Tools.run("openssl", ["x509", "-inform", "DER", "-in", der, "-out", folder.path(name + ".pem")])
            return folder.path(name + ".pem")
        }
        let output = try Tools.run(
            "openssl",
            [
                "ocsp", "-issuer", try pem("issuer"), "-cert", try pem(name), "-no_nonce", "-reqout",
                folder.path("question"),
            ])
        try #require(output.status == 0, "\(output.text)")
        return try self.ask("/vn/ocsp/issuer", try folder.read("question"), type: "application/ocsp-request", at: time)
    }

    /// Who signs and who stamps, and what they take for now (ISO 8601; `nil`: what it is).
    struct Era: Sendable {
        var signer = "signer"
        var authority = "tsa"
        var time: String?

        static let now = Era()
        /// Certificates that have ended long ago, in their time.
        static let past = Era(signer: "signer-old", authority: "tsa-old", time: "2021-03-01T00:00:00+00:00")
        /// When the first authority of the past was about to end.
        static let renewal = Era(signer: "signer-old", authority: "tsa", time: "2023-11-01T00:00:00+00:00")
    }

    /// Everything that the signer's certificate and the time stamp authority's are judged by.
    func evidence(_ era: Era = .now) throws -> ValidationEvidence {
        ValidationEvidence(
            certificates: try ["root", "issuer", "ocsp", era.signer, era.authority].map(self.certificate),
            ocspResponses: [try self.status(of: era.signer, at: era.time)],
            revocationLists: [try self.revocationList(of: "root", at: era.time)])
    }

    func prepared(
        _ pdf: [UInt8], _ purpose: SigningRequest.Purpose, _ place: SigningRequest.Place,
        appearance: SignatureAppearance? = nil, _ era: Era = .now
    ) throws -> (PreparedSignature, value: [UInt8]) {
        let request = SigningRequest(
            purpose: purpose, place: place, certificate: try self.certificate(era.signer),
            chain: [try self.certificate("issuer")],
            time: SigningTime(secondsSince1970: Int64(Date().timeIntervalSince1970)), appearance: appearance)
        let prepared = try PreparedSignature.prepare(pdf, request)
        let key = self.folder.path("signer.key")
        return (prepared, try TestPKI.sign(prepared.signedAttributes, keyFile: key, prepared.algorithm))
    }

    /// Level B-T.
    func signed(
        _ pdf: [UInt8], _ purpose: SigningRequest.Purpose, _ place: SigningRequest.Place,
        appearance: SignatureAppearance? = nil, _ era: Era = .now
    ) throws -> [UInt8] {
        let (prepared, value) = try self.prepared(pdf, purpose, place, appearance: appearance, era)
        let question = try prepared.timeStampRequest(for: value)
        let token = try question.token(in: try self.stamp(question, era))
        return try prepared.completed(over: pdf, with: value, timeStamp: token)
    }

    func timeStamped(_ pdf: [UInt8], _ era: Era = .now) throws -> [UInt8] {
        let prepared = try PreparedTimeStamp.prepare(pdf)
        return pdf + (try prepared.completing(with: try self.stamp(prepared.request, era)))
    }

    private static let script = """
        import sys
        from threading import Thread
        from werkzeug.serving import make_server
        from certomancer.integrations.animator import Animator, AnimatorArchStore
        from certomancer.registry import CertomancerConfig
        server = make_server('127.0.0.1', 0, None, threaded=True)
        address = 'http://127.0.0.1:%d' % server.server_port
        config = CertomancerConfig.from_file(sys.argv[1], key_search_dir=sys.argv[2], external_url_prefix=address)
        server.app = Animator(AnimatorArchStore(config.pki_archs), with_web_ui=True, allow_time_override=True)
        print(server.server_port, flush=True)
        Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """

    private static let configuration = """
        keysets:
          vn:
            keys:
              root: {path: root.key}
              issuer: {path: issuer.key}
              ocsp: {path: ocsp.key}
              tsa: {path: tsa.key}
              signer: {path: signer.key}
        pki-architectures:
          vn:
            keyset: vn
            entity-defaults: {country-name: VN, organization-name: "Bưu điện thử nghiệm"}
            entities:
              root: {common-name: "Gốc"}
              issuer: {common-name: "CA cấp phát"}
              ocsp: {common-name: "OCSP"}
              tsa: {common-name: "Dấu thời gian"}
              signer: {common-name: "Nguyễn Văn An"}
            certs:
              root:
                issuer: root
                validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2060-01-01T00:00:00+0000"}
                profiles: [{id: simple-ca, params: {crl-repo: root}}]
              issuer:
                issuer: root
                validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2055-01-01T00:00:00+0000"}
                profiles: [{id: simple-ca, params: {max-path-len: 0, crl-repo: root}}]
              ocsp:
                issuer: issuer
                validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2055-01-01T00:00:00+0000"}
                profiles: [ocsp-responder]
              tsa:
                issuer: root
                validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2050-01-01T00:00:00+0000"}
                extensions: &tsa
                  - {id: key_usage, critical: true, smart-value: {schema: key-usage, params: [digital_signature]}}
                  - {id: extended_key_usage, critical: true, value: [time_stamping]}
                  - {id: crl_distribution_points, smart-value: {schema: crl-dist-url, params: {crl-repo-names: [root]}}}
              tsa-old:
                subject: tsa
                subject-key: tsa
                issuer: root
                validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2024-01-01T00:00:00+0000"}
                extensions: *tsa
              signer:
                issuer: issuer
                validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2050-01-01T00:00:00+0000"}
                extensions: &signer
                  - {id: key_usage, critical: true, smart-value: {schema: key-usage, params: [digital_signature, non_repudiation]}}
                  - {id: authority_information_access, smart-value: {schema: aia-urls, params: {ocsp-responder-names: [issuer]}}}
              signer-old:
                subject: signer
                subject-key: signer
                issuer: issuer
                validity: {valid-from: "2020-01-01T00:00:00+0000", valid-to: "2022-01-01T00:00:00+0000"}
                extensions: *signer
            services:
              ocsp:
                issuer: {for-issuer: issuer, responder-cert: ocsp, signing-key: ocsp}
              crl-repo:
                root: {for-issuer: root, signing-key: root, simulated-update-schedule: "P30D"}
              time-stamping:
                tsa: {signing-key: tsa, signing-cert: tsa}
                tsa-old: {signing-key: tsa, signing-cert: tsa-old}
        """
}
