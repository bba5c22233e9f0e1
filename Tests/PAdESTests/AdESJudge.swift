import Foundation
import PAdES
import Testing

/// pyHanko's validation by EN 319 102-1, beside qpdf and pdfsig.
struct AdESJudge {
    private let folder: TemporaryFolder
    private let root: String

    init(_ pki: LoopbackPKI) throws {
        self.folder = try TemporaryFolder()
        self.root = try self.folder.write(try pki.certificate("root"), "root.der")
    }

    /// `pyhanko sign adesverify`, which asks the authorities itself. Their server must be running.
    func accept(_ pdf: [UInt8], signatures: Int, location: SourceLocation = #_sourceLocation) throws {
        let file = try self.folder.write(pdf, "judged.pdf")
        let qpdf = try Tools.run("qpdf", ["--check", file])
        #expect(qpdf.status == 0, "qpdf: \(qpdf.text)", sourceLocation: location)
        let pdfsig = try Tools.run("pdfsig", ["-nocert", file])
        let valid = pdfsig.text.components(separatedBy: "Signature is Valid.").count - 1
        #expect(valid == signatures, "pdfsig: \(pdfsig.text)", sourceLocation: location)
        let output = try Tools.run(
            try #require(Tools.python),
            [
                "-m", "pyhanko", "sign", "adesverify", "--executive-summary", "--trust", self.root, "--trust-replace",
                file,
            ])
        let verdicts = output.text.components(separatedBy: ":VALID").count - 1
        #expect(
            output.status == 0 && verdicts == signatures, "adesverify: \(output.text)", sourceLocation: location)
    }

    /// Validation without any network: from what the file proves alone, and the last time stamp authority taken to be unrevoked.
    func acceptAlone(_ pdf: [UInt8], signatures: Int, location: SourceLocation = #_sourceLocation) throws {
        let output = try self.judgeAlone(pdf)
        let lines = output.split(separator: "\n").filter { $0.hasPrefix("SIGNATURE ") }
        #expect(lines.count == signatures, "\(output)", sourceLocation: location)
        for line in lines {
            #expect(line.contains(" AdESPassed.OK "), "\(output)", sourceLocation: location)
            #expect(!line.contains("archived=None"), "\(output)", sourceLocation: location)
        }
    }

    func judgeAlone(_ pdf: [UInt8]) throws -> String {
        let file = try self.folder.write(pdf, "judged.pdf")
        let script = try self.folder.write(Array(Self.script.utf8), "judge.py")
        return try Tools.run(try #require(Tools.python), [script, file, self.root]).text
    }

    private static let script = """
        import asyncio, logging, sys
        from datetime import datetime, timezone
        from asn1crypto import x509
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
        from pyhanko.sign.validation.ades import ades_lta_validation
        from pyhanko.sign.validation.policy_decl import (
            LocalKnowledge, PdfSignatureValidationSpec, RevinfoOnlineFetchingRule, RevocationInfoGatheringSpec,
            SignatureValidationSpec)
        from pyhanko_certvalidator.context import CertValidationPolicySpec
        from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
        from pyhanko_certvalidator.policy_decl import (
            CertRevTrustPolicy, FreshnessReqType, NonRevokedStatusAssertion, REQUIRE_REVINFO)
        from pyhanko_certvalidator.registry import SimpleTrustManager

        logging.disable(logging.CRITICAL)
        root = x509.Certificate.load(open(sys.argv[2], 'rb').read())
        now = datetime.now(tz=timezone.utc)
        with open(sys.argv[1], 'rb') as handle:
            reader = PdfFileReader(handle, strict=True)
            stamps = reader.embedded_timestamp_signatures
            known = [NonRevokedStatusAssertion(stamp.signer_cert.sha256, at=now) for stamp in stamps[-1:]]
            spec = PdfSignatureValidationSpec(
                signature_validation_spec=SignatureValidationSpec(
                    cert_validation_policy=CertValidationPolicySpec(
                        trust_manager=SimpleTrustManager.build([root]),
                        revinfo_policy=CertRevTrustPolicy(
                            REQUIRE_REVINFO, freshness=None,
                            freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION)),
                    local_knowledge=LocalKnowledge(nonrevoked_assertions=known),
                    revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)),
                diff_policy=DEFAULT_DIFF_POLICY)
            for signature in reader.embedded_regular_signatures:
                timing = ValidationTimingInfo(now, now, point_in_time_validation=False)
                result = asyncio.run(ades_lta_validation(signature, spec, timing_info=timing))
                print('SIGNATURE', signature.field_name, result.ades_subindic, result.failure_msg,
                      'archived=%s' % result.oldest_evidence_record_timestamp,
                      'level=%s' % result.api_status.modification_level.name)
        """
}
