extension ReportWords {
    /// Whether and how a file may still be signed.
    static let signing = """
        label.signing
          vi: Ký thêm
          en: Signing it
        signing.SIGNABLE
          vi: Có thể ký.
          en: May be signed.
        signing.SIGNABLE_WITH_PASSWORD
          vi: Có thể ký khi có mật khẩu mở tệp.
          en: May be signed by whoever has its password.
        signing.NEEDS_PASSWORD
          vi: Cần mật khẩu mở tệp mới biết có ký được không.
          en: Whether it may be signed cannot be said without its password.
        signing.REFUSE_TO_SIGN
          vi: Không được ký thêm.
          en: May not be signed.
        signing.REFUSE_OR_REPAIR
          vi: Chưa ký được; hãy lưu lại tệp từ phần mềm đã tạo ra nó rồi ký.
          en: Cannot be signed as it is; save it anew with what made it, then sign.
        signing.REFUSE
          vi: Không ký được.
          en: Cannot be signed.
        signing_reason.password_needed
          vi: tệp được mã hóa và cần mật khẩu để mở
          en: the file is encrypted and needs a password to be opened
        signing_reason.encryption_unknown
          vi: tệp được mã hóa theo cách không hỗ trợ
          en: the file is encrypted in a way that is not supported
        signing_reason.permissions_forbid
          vi: quyền của tệp mã hóa không cho phép
          en: the permissions of the encrypted file exclude it
        signing_reason.certified_no_changes
          vi: chữ ký chứng thực không cho phép thay đổi nào
          en: its certification permits no changes
        signing_reason.fields_locked
          vi: chữ ký trước đã khóa các trường
          en: an earlier signature locks the fields
        signing_reason.no_new_visible_field
          vi: tệp đã được chứng thực: chỉ ký vào trường có sẵn hoặc ký không hiển thị
          en: the file is certified: only in a field that is there, or without a picture
        signing_reason.only_prepared_fields
          vi: chỉ ký vào trường chữ ký có sẵn
          en: only in signature fields that are there
        signing_reason.earlier_signature_not_valid
          vi: tệp có chữ ký không hợp lệ, ký thêm không làm nó hợp lệ
          en: the file has a signature that is not valid, and signing again does not mend it
        signing_reason.not_a_pdf
          vi: không phải tệp PDF
          en: it is no PDF
        signing_reason.truncated_pdf
          vi: tệp bị cụt
          en: the file is cut off
        signing_reason.damaged_pdf
          vi: cấu trúc tệp bị hỏng
          en: the file's structure is damaged
        signing_reason.hybrid_pdf
          vi: tệp có hai bảng tham chiếu cạnh nhau
          en: old and new cross-references stand side by side
        signing_reason.pdf_too_complex
          vi: tệp quá phức tạp
          en: the file is too complex
        signing_reason.unsupported_pdf
          vi: tệp dùng tính năng không hỗ trợ
          en: the file uses a feature that is not supported
        """
}
