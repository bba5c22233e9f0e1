extension ReportWords {
    /// Reasons that CMS messages and XML documents have besides those of a PDF.
    static let messages = """
        reason.algorithm_unsupported
          vi: thuật toán không hỗ trợ
          en: the algorithm is not supported
        reason.attribute_duplicated
          vi: một thuộc tính có hai lần
          en: an attribute is there twice
        reason.attribute_with_several_values
          vi: một thuộc tính có nhiều giá trị
          en: an attribute has several values
        reason.canonical_form_unavailable
          vi: không lập được dạng chuẩn của XML
          en: the canonical form of the XML cannot be made
        reason.comment_splits_text
          vi: chú thích XML cắt đôi văn bản đã ký
          en: a comment splits signed text
        reason.content_time_stamp_wrong
          vi: dấu thời gian trên nội dung không đúng
          en: the time stamp over the content is wrong
        reason.countersigned_value_not_signed
          vi: chữ ký xác nhận không phủ chữ ký được xác nhận
          en: the counter signature does not cover what it counter signs
        reason.document_partly_signed
          vi: chỉ một phần tài liệu được ký
          en: only a part of the document is signed
        reason.dtd_refused
          vi: tài liệu XML có DTD, không được xem xét
          en: the XML has a DTD and is not looked into
        reason.duplicate_id
          vi: hai phần tử XML có cùng Id
          en: two elements have the same Id
        reason.malformed_cms
          vi: không phải CMS đúng dạng
          en: not a well-formed CMS message
        reason.malformed_xml
          vi: không phải XML đúng dạng
          en: not well-formed XML
        reason.no_signed_properties
          vi: không có thuộc tính được ký (XAdES)
          en: there are no signed properties (XAdES)
        reason.not_utf8
          vi: không phải UTF-8
          en: not UTF-8
        reason.nothing_signed
          vi: chữ ký không phủ nội dung nào
          en: nothing is signed
        reason.reference_malformed
          vi: tham chiếu sai định dạng
          en: a reference is malformed
        reason.reference_unsupported
          vi: loại tham chiếu không hỗ trợ
          en: a reference is of an unsupported kind
        reason.several_qualifying_properties
          vi: có nhiều nhóm thuộc tính XAdES
          en: there are several sets of qualifying properties
        reason.signature_malformed
          vi: chữ ký sai định dạng
          en: the signature is malformed
        reason.signature_value_malformed
          vi: giá trị chữ ký sai định dạng
          en: the signature value is malformed
        reason.signed_bytes_missing
          vi: thiếu phần nội dung đã ký
          en: bytes that were signed are missing
        reason.signed_data_misplaced
          vi: nội dung đã ký không nằm ở chỗ của nó
          en: the signed data is not where it belongs
        reason.signed_data_not_found
          vi: không tìm thấy nội dung đã ký
          en: the signed data was not found
        reason.signed_data_unreadable
          vi: không đọc được nội dung đã ký
          en: the signed data cannot be read
        reason.signed_properties_not_found
          vi: không tìm thấy thuộc tính đã ký
          en: the signed properties were not found
        reason.signed_properties_not_signed
          vi: thuộc tính XAdES không được ký
          en: the XAdES properties are not signed
        reason.signed_properties_without_type
          vi: tham chiếu tới thuộc tính thiếu kiểu
          en: the reference to the signed properties has no type
        reason.target_mismatch
          vi: thuộc tính XAdES thuộc chữ ký khác
          en: the XAdES properties belong to another signature
        reason.time_stamp_malformed
          vi: dấu thời gian sai định dạng
          en: the time stamp is malformed
        reason.time_stamp_method
          vi: cách lập dấu thời gian không hỗ trợ
          en: the time stamp was made in an unsupported way
        reason.time_stamp_unverified
          vi: chưa kiểm tra được dấu thời gian vì thiếu chứng thư của tổ chức cấp
          en: the time stamp could not be verified without its authority's certificate
        reason.time_stamp_wrong
          vi: dấu thời gian không đúng
          en: the time stamp is wrong
        reason.too_complex
          vi: tệp quá phức tạp
          en: the file is too complex
        reason.too_large
          vi: tệp quá lớn
          en: the file is too large
        reason.too_many_references
          vi: quá nhiều tham chiếu
          en: too many references
        reason.too_many_signatures
          vi: quá nhiều chữ ký
          en: too many signatures
        reason.too_much_to_canonicalise
          vi: quá nhiều nội dung phải chuẩn hóa
          en: too much to bring into canonical form
        reason.transform_refused
          vi: phép biến đổi không được phép
          en: a transform is not allowed
        reason.two_signing_certificates
          vi: có hai thuộc tính signing-certificate
          en: there are two signing-certificate attributes
        reason.unsigned_object
          vi: có nội dung không được ký bên trong chữ ký
          en: an object in the signature is not signed
        reason.xml_too_complex
          vi: tài liệu XML quá phức tạp
          en: the XML is too complex
        """
}
