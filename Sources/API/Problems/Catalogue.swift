/// Every code that the API can answer with, in the words of its users.
///
/// An entry is three lines: the code, then title and detail in Vietnamese, then in English. This is the only place where a
/// person reads about an error; `CatalogueTests` fails when a code used anywhere in the project is missing.
package enum Catalogue {
    /// What a person reads of a code: what happened, and what to do next.
    package struct Words: Sendable, Hashable {
        package let title: String
        package let detail: String
    }

    /// The words for `code`; for a code that is not listed, those of its status.
    package static func words(for code: String, status: Int, in language: Language) -> Words {
        let entry = Self.entries[code] ?? Self.entries["status_\(status)"] ?? Self.entries["internal_error"]
        return entry?[language] ?? Words(title: code, detail: code)
    }

    static let entries: [String: [Language: Words]] = Self.parse(Self.text + "\n" + Self.contextText)

    /// Reads blocks of three lines; the title ends at ` | `.
    package static func parse(_ text: String) -> [String: [Language: Words]] {
        var entries: [String: [Language: Words]] = [:]
        var code = ""
        for line in text.split(separator: "\n") {
            guard line.hasPrefix("  ") else {
                code = String(line)
                continue
            }
            let parts = line.dropFirst(6).split(separator: "|", maxSplits: 1).map { part in
                String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard let language = Language(rawValue: String(line.dropFirst(2).prefix(2))), let title = parts.first
            else { continue }
            entries[code, default: [:]][language] = Words(title: title, detail: parts.count > 1 ? parts[1] : title)
        }
        return entries
    }

    /// The door's own codes, and the fall-backs by status.
    static let text = """
        status_400
          vi: Yêu cầu không hợp lệ | Máy chủ không đọc được yêu cầu này.
          en: Bad request | The server cannot read this request.
        status_401
          vi: Chưa đăng nhập | Hãy đăng nhập rồi thử lại.
          en: Not signed in | Sign in and try again.
        status_403
          vi: Không có quyền | Chức danh của bạn không được làm việc này.
          en: Not allowed | Your post may not do this.
        status_404
          vi: Không tìm thấy | Không có mục này, hoặc bạn không được xem.
          en: Not found | There is no such thing, or you may not see it.
        status_409
          vi: Không thể thực hiện lúc này | Trạng thái hiện tại không cho phép việc này.
          en: Conflict | The present state does not allow this.
        status_412
          vi: Dữ liệu đã thay đổi | Mục này đã thay đổi từ khi bạn đọc. Hãy tải lại rồi thử lại.
          en: Changed since you read it | This has changed since you read it. Load it again and retry.
        status_422
          vi: Dữ liệu không hợp lệ | Hãy sửa các trường được nêu rồi gửi lại.
          en: Invalid data | Correct the fields that are named and send again.
        status_423
          vi: Đang bị khóa | Mục này đang bị khóa.
          en: Locked | This is locked.
        status_429
          vi: Quá nhiều lần thử | Hãy chờ một lúc rồi thử lại.
          en: Too many attempts | Wait a while and try again.
        status_500
          vi: Lỗi máy chủ | Đã có lỗi ở phía máy chủ; lỗi đã được ghi lại.
          en: Server error | Something went wrong on the server; it has been recorded.
        status_503
          vi: Tạm thời gián đoạn | Hệ thống tạm thời chưa phục vụ được. Hãy thử lại sau giây lát.
          en: Temporarily unavailable | The system cannot serve this now. Try again in a moment.
        internal_error
          vi: Lỗi máy chủ | Đã có lỗi ở phía máy chủ; lỗi đã được ghi lại cùng mã yêu cầu.
          en: Server error | Something went wrong on the server; it has been recorded with the request id.
        not_found
          vi: Không tìm thấy | Không có mục này, hoặc bạn không được xem.
          en: Not found | There is no such thing, or you may not see it.
        no_route
          vi: Không có địa chỉ này | Không có chức năng nào ở địa chỉ này; xem /openapi.json.
          en: No such address | Nothing is served at this address; see /openapi.json.
        method_not_allowed
          vi: Phương thức không được phép | Địa chỉ này chỉ nhận các phương thức nêu ở trường Allow.
          en: Method not allowed | This address takes only the methods named in Allow.
        unauthenticated
          vi: Chưa đăng nhập | Phiên làm việc không có hoặc đã hết hạn. Hãy đăng nhập lại.
          en: Not signed in | There is no session, or it has ended. Sign in again.
        csrf_token_invalid
          vi: Thiếu mã chống giả mạo | Yêu cầu từ trang web phải kèm X-CSRF-Token của phiên làm việc.
          en: CSRF token missing or wrong | A request with the session cookie must carry the session's X-CSRF-Token.
        insufficient_scope
          vi: Mã truy cập không đủ phạm vi | Mã truy cập này không được cấp phạm vi mà yêu cầu cần đến.
          en: Token lacks the scope | This token was not given the scope that the request needs.
        malformed_json
          vi: JSON sai cú pháp | Nội dung gửi lên không phải JSON đúng cú pháp, mã UTF-8.
          en: Malformed JSON | The body is not well-formed JSON in UTF-8.
        malformed_request
          vi: Yêu cầu sai cú pháp | Địa chỉ hoặc tiêu đề của yêu cầu sai cú pháp.
          en: Malformed request | The address or a header of the request is malformed.
        body_required
          vi: Thiếu nội dung | Yêu cầu này cần có nội dung.
          en: Body missing | This request needs a body.
        unsupported_media_type
          vi: Kiểu nội dung không hỗ trợ | Hãy gửi đúng kiểu nội dung (Content-Type) mà chức năng này nhận.
          en: Unsupported media type | Send the Content-Type that this operation takes.
        invalid_input
          vi: Dữ liệu không hợp lệ | Hãy sửa các trường được nêu rồi gửi lại.
          en: Invalid data | Correct the fields that are named and send again.
        invalid_parameter
          vi: Tham số không hợp lệ | Hãy sửa các tham số được nêu rồi gửi lại.
          en: Invalid parameter | Correct the parameters that are named and send again.
        unknown_parameter
          vi: Không có tham số này | Chức năng này không nhận tham số đó.
          en: Unknown parameter | This operation does not take that parameter.
        unknown_field
          vi: Không có trường này | Chức năng này không nhận trường đó.
          en: Unknown field | This operation does not take that field.
        required
          vi: Bắt buộc phải có | Trường này bắt buộc phải có.
          en: Required | This field is required.
        wrong_type
          vi: Sai kiểu dữ liệu | Giá trị không đúng kiểu dữ liệu.
          en: Wrong type | The value is of the wrong type.
        out_of_range
          vi: Ngoài khoảng cho phép | Giá trị nằm ngoài khoảng cho phép.
          en: Out of range | The value is outside the allowed range.
        too_short
          vi: Quá ngắn | Giá trị quá ngắn.
          en: Too short | The value is too short.
        too_long
          vi: Quá dài | Giá trị quá dài.
          en: Too long | The value is too long.
        too_few
          vi: Quá ít mục | Danh sách có quá ít mục.
          en: Too few items | The list has too few items.
        too_many
          vi: Quá nhiều mục | Danh sách có quá nhiều mục.
          en: Too many items | The list has too many items.
        invalid_text
          vi: Có ký tự không hợp lệ | Văn bản có ký tự điều khiển hoặc không phải UTF-8.
          en: Invalid characters | The text holds control characters or is not UTF-8.
        invalid_id
          vi: Mã không hợp lệ | Giá trị không phải là một UUID.
          en: Invalid id | The value is not a UUID.
        invalid_date
          vi: Ngày không hợp lệ | Hãy ghi ngày theo dạng năm-tháng-ngày, ví dụ 2026-01-31.
          en: Invalid date | Write the date as year-month-day, such as 2026-01-31.
        invalid_time
          vi: Thời điểm không hợp lệ | Hãy ghi thời điểm theo RFC 3339, ví dụ 2026-01-31T08:00:00+07:00.
          en: Invalid time | Write the time as RFC 3339 has it, such as 2026-01-31T08:00:00+07:00.
        date_out_of_range
          vi: Ngày ngoài khoảng cho phép | Năm phải từ 1945 đến 2100.
          en: Date out of range | The year must be from 1945 to 2100.
        unknown_value
          vi: Giá trị không có trong danh mục | Giá trị này không có trong danh mục cho phép.
          en: Unknown value | The value is not one of those allowed.
        invalid_cursor
          vi: Con trỏ trang không hợp lệ | Hãy dùng đúng giá trị `next` của trang trước.
          en: Invalid cursor | Use the `next` value of the page before as it is.
        idempotency_key_in_use
          vi: Yêu cầu trước còn dở | Yêu cầu đầu tiên với khóa này chưa xong. Hãy chờ rồi thử lại.
          en: First request unfinished | The first request with this key has not finished. Wait and retry.
        precondition_required
          vi: Thiếu If-Match | Thay đổi phải kèm If-Match với ETag của bản bạn đã đọc.
          en: If-Match required | A change must carry If-Match with the ETag of what you read.
        changed_since_read
          vi: Dữ liệu đã thay đổi | Mục này đã thay đổi từ khi bạn đọc. Hãy tải lại rồi thử lại.
          en: Changed since you read it | This has changed since you read it. Load it again and retry.
        invalid_idempotency_key
          vi: Idempotency-Key không hợp lệ | Khóa phải dài 1 đến 128 ký tự ASCII in được.
          en: Invalid Idempotency-Key | The key must be 1 to 128 printable ASCII characters.
        idempotency_key_reused
          vi: Idempotency-Key đã dùng cho yêu cầu khác | Hãy dùng khóa mới cho yêu cầu mới.
          en: Idempotency-Key used for another request | Use a new key for a new request.
        body_too_large
          vi: Nội dung quá lớn | Nội dung gửi lên vượt giới hạn cho phép.
          en: Body too large | The body is larger than allowed.
        too_large
          vi: Tệp quá lớn | Tệp vượt quá dung lượng cho phép.
          en: File too large | The file is larger than allowed.
        body_too_slow
          vi: Gửi nội dung quá chậm | Nội dung không đến đủ trong thời gian cho phép.
          en: Body too slow | The body did not arrive within the time allowed.
        body_incomplete
          vi: Nội dung bị đứt quãng | Kết nối bị ngắt trước khi nhận đủ nội dung.
          en: Body incomplete | The connection ended before the whole body had arrived.
        no_space
          vi: Hết chỗ lưu trữ | Kho lưu tệp đã đầy; chưa có gì được lưu. Hãy báo quản trị viên.
          en: Storage full | The file store is full; nothing was kept. Tell the administrator.
        storage_failed
          vi: Lỗi kho lưu trữ | Chưa ghi hoặc đọc được tệp trong kho. Hãy thử lại sau.
          en: Storage failed | The file could not be written or read. Try again later.
        invalid_file_name
          vi: Tên tệp không hợp lệ | Tên tệp không được rỗng, dài quá 255 byte, hay chứa đường dẫn và ký tự điều khiển.
          en: Invalid file name | A file name may not be empty, over 255 bytes, a path, or hold control characters.
        range_not_satisfiable
          vi: Khoảng byte không có trong tệp | Khoảng yêu cầu nằm ngoài tệp.
          en: Range not satisfiable | The range asked for lies outside the file.
        already_exists
          vi: Đã có rồi | Đã có một mục như vậy.
          en: Already exists | There is one like this already.
        unknown_reference
          vi: Mục được nêu không có | Yêu cầu nêu một mục không có trong hệ thống.
          en: Unknown reference | The request names something that does not exist.
        constraint_violated
          vi: Dữ liệu trái quy tắc | Dữ liệu không qua được quy tắc kiểm tra của hệ thống.
          en: Rule violated | The data does not pass a rule of the system.
        busy
          vi: Hệ thống đang bận | Có người khác đang thao tác trên cùng mục này. Hãy thử lại ngay.
          en: Busy | Somebody else is working on the same thing. Try again at once.
        overloaded
          vi: Hệ thống quá tải | Máy chủ đang quá nhiều việc. Hãy thử lại sau giây lát.
          en: Overloaded | The server has too much to do. Try again in a moment.
        timed_out
          vi: Quá thời gian xử lý | Yêu cầu chưa xong trong thời gian cho phép và đã được hủy.
          en: Timed out | The request did not finish in the time allowed and was cancelled.
        database_unavailable
          vi: Cơ sở dữ liệu tạm ngừng | Chưa kết nối được cơ sở dữ liệu. Hãy thử lại sau giây lát.
          en: Database unavailable | The database cannot be reached. Try again in a moment.
        schema_outdated
          vi: Cơ sở dữ liệu chưa được nâng cấp | Cần chạy lệnh migrate trước khi phục vụ.
          en: Database not migrated | Migrations must be run before the server can serve.
        """
}
