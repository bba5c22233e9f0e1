extension ReportWords {
    /// Why a verdict is what it is.
    static let reasons = """
        reason.no_signature
          vi: tệp không có chữ ký
          en: the file has no signature
        reason.signature_not_decodable
          vi: không giải mã được chữ ký
          en: the signature cannot be decoded
        reason.changed_after_signature
          vi: có thay đổi không được phép sau khi ký
          en: something was changed after signing that may not be
        reason.annotation_after_signature
          vi: có chú thích được thêm sau khi ký
          en: an annotation was added after signing
        reason.signing_certificate_twice
          vi: có cả hai thuộc tính signing-certificate
          en: both signing-certificate attributes are present
        reason.weak_hash
          vi: hàm băm yếu (SHA-1)
          en: weak hash (SHA-1)
        reason.broken_hash
          vi: hàm băm đã bị phá (MD5)
          en: broken hash (MD5)
        reason.imprint_differs
          vi: dấu thời gian không phải của nội dung này
          en: the time stamp is not of this content
        reason.content_inside_signature
          vi: chữ ký tách rời lại chứa nội dung
          en: a detached signature has content inside
        reason.content_missing
          vi: thiếu nội dung đã ký
          en: the signed content is missing
        reason.message_digest_missing
          vi: thiếu giá trị băm trong chữ ký
          en: the digest is missing in the signature
        reason.digest_differs
          vi: nội dung không khớp giá trị băm đã ký
          en: the content does not match the signed digest
        reason.signature_wrong
          vi: giá trị chữ ký không khớp chứng thư
          en: the signature value does not match the certificate
        reason.algorithm_protection
          vi: thuật toán bị thay so với thuộc tính bảo vệ
          en: the algorithms differ from those that are protected
        reason.algorithm_unknown
          vi: không biết thuật toán
          en: the algorithm is not known
        reason.algorithms_disagree
          vi: thuật toán băm và thuật toán ký mâu thuẫn
          en: digest and signature algorithm disagree
        reason.attributes_not_in_der_order
          vi: thuộc tính đã ký không theo thứ tự DER
          en: the signed attributes are not in DER order
        reason.cert_entry_present
          vi: có mục /Cert không được phép
          en: a /Cert entry is present that may not be
        reason.certificate_corrupt
          vi: chứng thư kèm theo bị hỏng
          en: a certificate in the signature is corrupt
        reason.certificate_not_signed
          vi: có chứng thư kèm theo không được chữ ký bảo vệ
          en: a certificate is carried that the signature does not vouch for
        reason.content_type_attribute
          vi: thuộc tính content-type sai
          en: the content-type attribute is wrong
        reason.content_type_not_data
          vi: loại nội dung không phải dữ liệu
          en: the content type is not data
        reason.digest_algorithms
          vi: danh sách thuật toán băm không khớp
          en: the list of digest algorithms does not match
        reason.digest_forbidden_beside_key
          vi: thuật toán băm không được dùng với loại khóa này
          en: the digest may not be used with this kind of key
        reason.no_signer
          vi: không có người ký
          en: there is no signer
        reason.not_exactly_one_signer
          vi: chữ ký không có đúng một người ký
          en: the signature has not exactly one signer
        reason.padding_not_zero
          vi: phần đệm của chữ ký không phải số không
          en: the padding of the signature is not zero
        reason.signature_time_stamp_malformed
          vi: dấu thời gian sai định dạng
          en: the time stamp is malformed
        reason.signature_time_stamp_of_something_else
          vi: dấu thời gian thuộc chữ ký khác
          en: the time stamp belongs to something else
        reason.signature_time_stamp_wrong
          vi: dấu thời gian không đúng
          en: the time stamp is wrong
        reason.signed_attributes_missing
          vi: thiếu các thuộc tính được ký
          en: the signed attributes are missing
        reason.signer_certificate_missing
          vi: không có chứng thư của người ký
          en: the signer's certificate is missing
        reason.signing_certificate_differs
          vi: chứng thư không phải là chứng thư đã ký kèm
          en: the certificate is not the one that was signed along
        reason.signing_certificate_malformed
          vi: thuộc tính signing-certificate sai định dạng
          en: the signing-certificate attribute is malformed
        reason.signing_certificate_missing
          vi: thiếu thuộc tính signing-certificate-v2
          en: signing-certificate-v2 is missing
        reason.signing_certificate_v1_present
          vi: dùng signing-certificate phiên bản 1
          en: signing-certificate version 1 is present
        reason.signing_time_present
          vi: có thuộc tính signing-time không được phép
          en: signing-time is present, which the baseline forbids
        reason.unsupported_subfilter
          vi: loại chữ ký (SubFilter) không hỗ trợ
          en: the kind of signature (SubFilter) is not supported
        reason.version
          vi: số phiên bản CMS không đúng
          en: the CMS version is not right
        reason.byte_range_ends_inside_revision
          vi: chữ ký không phủ hết lần lưu của nó
          en: the signature ends inside its own save
        reason.byte_range_gap_is_not_contents
          vi: chỗ trống trong ByteRange không đúng là chữ ký
          en: the gap of the byte range is not exactly the signature
        reason.byte_range_malformed
          vi: ByteRange sai
          en: the byte range is malformed
        reason.signature_in_object_stream
          vi: chữ ký nằm trong luồng đối tượng
          en: the signature lies in an object stream
        reason.signature_outside_its_revision
          vi: chữ ký nằm ngoài lần lưu của nó
          en: the signature lies outside its own save
        reason.not_a_pdf
          vi: không phải tệp PDF
          en: not a PDF
        reason.truncated_pdf
          vi: tệp PDF bị cắt cụt
          en: the PDF is cut off
        reason.damaged_pdf
          vi: tệp PDF bị hỏng
          en: the PDF is damaged
        reason.encrypted_pdf
          vi: tệp PDF được mã hóa
          en: the PDF is encrypted
        reason.hybrid_pdf
          vi: tệp PDF có hai bảng tham chiếu mâu thuẫn
          en: the PDF has two cross-references
        reason.pdf_too_complex
          vi: tệp PDF quá phức tạp
          en: the PDF is too complex
        reason.unsupported_pdf
          vi: tệp PDF có tính năng không hỗ trợ
          en: the PDF uses something unsupported
        reason.cryptography_failed
          vi: thư viện mật mã báo lỗi
          en: the cryptographic library failed
        reason.time_limit
          vi: quá thời gian cho phép
          en: the time limit was met
        reason.memory_limit
          vi: quá bộ nhớ cho phép hoặc lỗi khi kiểm tra
          en: the memory limit was met or the check broke off
        reason.file_missing
          vi: không có tệp này hoặc không được phép đọc
          en: the file is not there or may not be read
        reason.file_too_large
          vi: tệp quá lớn
          en: the file is too large
        reason.unknown_format
          vi: không phải PDF, CMS hay XML
          en: neither PDF nor CMS nor XML
        """

    /// The words between the codes.
    static let labels = """
        label.verdict
          vi: Kết luận
          en: Verdict
        label.reasons
          vi: Lý do
          en: Reasons
        label.signer
          vi: Người ký
          en: Signer
        label.authority
          vi: Tổ chức cấp dấu thời gian
          en: Time stamp authority
        label.coverage
          vi: Phạm vi
          en: Coverage
        label.changes
          vi: Thay đổi sau khi ký
          en: Changes after signing
        label.no_changes
          vi: không có
          en: none
        label.certificate
          vi: Chứng thư
          en: Certificate
        label.path
          vi: Đường dẫn
          en: Path
        label.revocation
          vi: Thu hồi
          en: Revocation
        label.as_of
          vi: cập nhật lúc
          en: as of
        label.revoked_at
          vi: thu hồi lúc
          en: revoked at
        label.time
          vi: Thời điểm
          en: Time
        label.claimed_time
          vi: Thời gian ghi trong chữ ký
          en: Time written in the signature
        label.level
          vi: Mức
          en: Level
        label.algorithm
          vi: Thuật toán
          en: Algorithm
        label.checked_at
          vi: Kiểm tra lúc
          en: Checked at
        label.unnamed
          vi: (không rõ)
          en: (unknown)
        summary.good_trusted
          vi: Hợp lệ: chữ ký toàn vẹn, chứng thư tin cậy.
          en: Valid: every signature is intact and every certificate trusted.
        summary.good_unknown
          vi: Chữ ký toàn vẹn, nhưng chưa xác định được độ tin cậy của chứng thư.
          en: Every signature is intact, but whether the certificate can be trusted is not known.
        summary.good_untrusted
          vi: Chữ ký toàn vẹn, nhưng chứng thư không tin cậy: không chấp nhận.
          en: Every signature is intact, but a certificate is not trusted: do not accept.
        """
}
