extension ReportWords {
    /// Trust, revocation, algorithms.
    static let certificates = """
        trust.trusted
          vi: Chứng thư tin cậy
          en: The certificate is trusted
        trust.untrusted
          vi: Chứng thư KHÔNG tin cậy
          en: The certificate is NOT trusted
        trust.unknown
          vi: Chưa xác định được độ tin cậy của chứng thư
          en: Whether the certificate can be trusted is not known
        trust_reason.certificate_missing
          vi: chữ ký không kèm chứng thư
          en: the signature carries no certificate
        trust_reason.issuer_unknown
          vi: không có chứng thư của tổ chức cấp
          en: the issuer's certificate is not at hand
        trust_reason.root_unknown
          vi: đường dẫn không tới chứng thư gốc nào được tin cậy
          en: the path leads to no trusted root
        trust_reason.certificate_expired
          vi: chứng thư đã hết hạn
          en: the certificate had expired
        trust_reason.certificate_not_yet_valid
          vi: chứng thư chưa có hiệu lực
          en: the certificate was not yet valid
        trust_reason.issuer_expired
          vi: chứng thư của tổ chức cấp đã hết hạn
          en: an issuer's certificate had expired
        trust_reason.issuer_not_yet_valid
          vi: chứng thư của tổ chức cấp chưa có hiệu lực
          en: an issuer's certificate was not yet valid
        trust_reason.certificate_revoked
          vi: chứng thư đã bị thu hồi trước khi ký
          en: the certificate was revoked before signing
        trust_reason.revoked_without_proof_of_time
          vi: chứng thư đã bị thu hồi và không có dấu thời gian tin cậy chứng minh ký trước đó
          en: the certificate is revoked, and no trusted time stamp shows that it was signed before
        trust_reason.issuer_revoked
          vi: chứng thư của tổ chức cấp đã bị thu hồi
          en: an issuer's certificate was revoked
        trust_reason.certificate_not_for_signing
          vi: chứng thư không được dùng để ký
          en: the certificate is not for signing
        trust_reason.certificate_not_for_time_stamps
          vi: chứng thư không được dùng để cấp dấu thời gian
          en: the certificate is not for time stamps
        trust_reason.key_too_weak
          vi: khóa quá yếu (RSA dưới 2048 bit, ECDSA dưới 256 bit, hoặc loại khác)
          en: the key is too weak (RSA below 2048 bits, ECDSA below 256 bits, or another kind)
        trust_reason.path_signature_wrong
          vi: chữ ký trên một chứng thư trong đường dẫn sai
          en: the signature on a certificate of the path is wrong
        trust_reason.path_not_allowed
          vi: một chứng thư trong đường dẫn không được cấp chứng thư như vậy
          en: a certificate of the path may not issue such a certificate
        trust_reason.path_invalid
          vi: đường dẫn chứng thư không hợp lệ
          en: the certificate path is not valid
        trust_reason.revocation_unknown
          vi: chưa kiểm tra được tình trạng thu hồi
          en: whether it was revoked could not be learned
        revocation.good
          vi: không bị thu hồi
          en: not revoked
        revocation.revoked
          vi: ĐÃ BỊ THU HỒI
          en: REVOKED
        revocation.revoked_later
          vi: không bị thu hồi lúc ký (bị thu hồi sau đó)
          en: not revoked at the time (revoked later)
        revocation.unknown
          vi: không rõ (không có OCSP hoặc CRL dùng được)
          en: not known (no usable OCSP response or CRL)
        revocation.not_needed
          vi: không cần kiểm tra (chứng thư gốc)
          en: nothing to check (a root)
        source.document_store
          vi: lưu trong tài liệu
          en: kept in the document
        source.signature
          vi: lưu trong chữ ký
          en: kept in the signature
        source.given
          vi: lấy ngoài tài liệu
          en: from outside the document
        evidence.ocsp
          vi: OCSP
          en: OCSP
        evidence.crl
          vi: CRL
          en: CRL
        revocation_reason.unspecified
          vi: không nêu lý do
          en: no reason given
        revocation_reason.key_compromise
          vi: khóa bị lộ
          en: key compromised
        revocation_reason.ca_compromise
          vi: tổ chức cấp bị xâm phạm
          en: authority compromised
        revocation_reason.affiliation_changed
          vi: thay đổi chức vụ hoặc đơn vị
          en: affiliation changed
        revocation_reason.superseded
          vi: được thay thế
          en: superseded
        revocation_reason.cessation_of_operation
          vi: ngừng sử dụng
          en: no longer used
        revocation_reason.certificate_hold
          vi: tạm dừng
          en: on hold
        revocation_reason.privilege_withdrawn
          vi: thu hồi quyền
          en: privilege withdrawn
        algorithm.rsa_pkcs1_v15
          vi: RSA PKCS#1 v1.5, không phải RSASSA-PSS như Thông tư 15/2025 yêu cầu
          en: RSA PKCS#1 v1.5, not RSASSA-PSS as Circular 15/2025 asks
        algorithm.weak_hash
          vi: hàm băm yếu
          en: weak hash
        algorithm.small_key
          vi: khóa ngắn hơn mức tối thiểu
          en: key below the minimum
        algorithm.algorithm_not_listed
          vi: thuật toán không có trong danh mục của Thông tư 15/2025
          en: algorithm not listed in Circular 15/2025
        """
}
