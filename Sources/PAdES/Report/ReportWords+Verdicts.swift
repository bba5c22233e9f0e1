extension ReportWords {
    /// Verdicts, coverage, changes, levels, times.
    static let verdicts = """
        verdict.VALID
          vi: Chữ ký toàn vẹn; nội dung không bị thay đổi trái phép.
          en: The signature is intact; nothing was changed without permission.
        verdict.VALID_FULL
          vi: Chữ ký toàn vẹn trên toàn bộ tài liệu.
          en: The signature is intact and covers the whole document.
        verdict.VALID_WEAK_ALGO
          vi: Chữ ký toàn vẹn nhưng dùng thuật toán yếu.
          en: The signature is intact but uses a weak algorithm.
        verdict.CRYPTO_VALID_LEVEL_DISPUTED
          vi: Chữ ký đúng về mật mã; các phần mềm không thống nhất về mức của nó.
          en: The signature holds cryptographically; validators disagree about its level.
        verdict.ALLOWED_WARN
          vi: Chữ ký toàn vẹn; sau khi ký có thêm chú thích nhìn thấy được, hãy xem kỹ.
          en: The signature is intact; a visible annotation was added afterwards, so look closely.
        verdict.VALID_PARTIAL
          vi: Chữ ký đúng nhưng chỉ bảo đảm một phần của tài liệu.
          en: The signature holds but covers only a part of the document.
        verdict.NOT_PADES
          vi: Chữ ký không theo dạng PAdES.
          en: The signature is not of the PAdES form.
        verdict.NOT_CADES
          vi: Chữ ký không theo dạng CAdES.
          en: The signature is not of the CAdES form.
        verdict.NO_SIGNATURE
          vi: Không có chữ ký số.
          en: There is no digital signature.
        verdict.BAD_TIMESTAMP
          vi: Chữ ký đúng nhưng dấu thời gian không đúng.
          en: The signature holds, but its time stamp does not.
        verdict.INDETERMINATE
          vi: Không đủ dữ liệu để kết luận; không được coi là hợp lệ.
          en: There is not enough to decide; it must not be taken for valid.
        verdict.INVALID_POLICY
          vi: Chữ ký dùng thuật toán bị cấm.
          en: The signature uses a forbidden algorithm.
        verdict.INVALID_FORMAT
          vi: Chữ ký sai định dạng hoặc tự mâu thuẫn.
          en: The signature is malformed or contradicts itself.
        verdict.MODIFIED
          vi: Tài liệu đã bị thay đổi trái phép sau khi ký.
          en: The document was changed without permission after signing.
        verdict.INVALID_STRUCTURE
          vi: Cấu trúc chữ ký không bảo đảm cho nội dung đang hiển thị.
          en: The signature's structure does not vouch for what is shown.
        verdict.INVALID
          vi: Chữ ký không hợp lệ.
          en: The signature is not valid.
        verdict.INVALID_CRYPTO
          vi: Chữ ký sai: giá trị băm hoặc giá trị chữ ký không khớp.
          en: The signature is wrong: the digest or the signature value does not match.
        verdict.REFUSE
          vi: Tệp không được xem xét vì không an toàn.
          en: The file was not looked into because it is not safe.
        verdict.NEEDS_PASSWORD
          vi: Tệp được mã hóa và cần mật khẩu để mở, nên chưa kiểm tra được chữ ký.
          en: The file is encrypted and needs a password to be opened, so its signatures could not be checked.
        verdict.ERROR
          vi: Không đọc được tệp.
          en: The file cannot be read.
        verdict.ERROR_BOUNDED
          vi: Không kiểm tra được: tệp hỏng hoặc vượt giới hạn.
          en: It could not be checked: the file is damaged or passes a limit.
        coverage.whole_file
          vi: toàn bộ tệp
          en: the whole file
        coverage.whole_revision
          vi: toàn bộ nội dung tại thời điểm ký; sau đó tệp có phần thêm
          en: everything up to the moment of signing; something was added later
        coverage.parts
          vi: các phần được nêu
          en: the parts that are named
        coverage.nothing
          vi: không xác định được
          en: could not be determined
        change.field_filled
          vi: điền trường biểu mẫu
          en: a form field was filled
        change.signature_added
          vi: thêm chữ ký
          en: a signature was added
        change.annotation
          vi: thêm chú thích
          en: an annotation was added
        change.metadata
          vi: thêm dữ liệu phục vụ kiểm tra hoặc siêu dữ liệu
          en: data for later checks or metadata was added
        change.structure
          vi: thay đổi cấu trúc bên trong, không ảnh hưởng hiển thị
          en: an inner structure was changed, which does not show
        change.forbidden
          vi: thay đổi không được phép
          en: a change that is not allowed
        change.allowed
          vi: được phép
          en: allowed
        change.not_allowed
          vi: KHÔNG được phép
          en: NOT allowed
        level.B-B
          vi: B-B (cơ bản)
          en: B-B (basic)
        level.B-T
          vi: B-T (có dấu thời gian)
          en: B-T (with a time stamp)
        level.B-LT
          vi: B-LT (kèm dữ liệu kiểm tra lâu dài)
          en: B-LT (with data for later checks)
        level.B-LTA
          vi: B-LTA (lưu trữ lâu dài, có dấu thời gian lưu trữ)
          en: B-LTA (archived with a later time stamp)
        level.none
          vi: không thuộc mức cơ sở nào
          en: no baseline level
        time.signature_time_stamp
          vi: dấu thời gian trên chữ ký
          en: time stamp over the signature
        time.document_time_stamp
          vi: dấu thời gian trên tài liệu
          en: time stamp over the document
        time.check
          vi: không có dấu thời gian; kiểm tra tại thời điểm hiện tại
          en: no time stamp; judged as of the check
        time.proven
          vi: tin cậy
          en: trusted
        time.not_proven
          vi: chưa được chứng minh
          en: not proven
        kind.signature
          vi: Chữ ký số
          en: Signature
        kind.document_time_stamp
          vi: Dấu thời gian tài liệu
          en: Document time stamp
        kind.counter_signature
          vi: Chữ ký xác nhận
          en: Counter signature
        format.PDF
          vi: Tệp PDF
          en: PDF file
        format.CMS
          vi: Chữ ký CMS/CAdES
          en: CMS/CAdES signature
        format.XML
          vi: Tài liệu XML
          en: XML document
        format.UNKNOWN
          vi: Tệp không rõ loại
          en: File of unknown kind
        """
}
