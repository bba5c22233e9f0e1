extension Catalogue {
    /// The codes of the contexts and of the SQL beneath them.
    static let contextText = """
        wrong_login_or_password
          vi: Sai tên đăng nhập hoặc mật khẩu | Hãy kiểm tra tên đăng nhập (tên@MÃ ĐƠN VỊ) và mật khẩu.
          en: Wrong login or password | Check the login (name@CODE) and the password.
        too_many_requests
          vi: Quá nhiều yêu cầu | Địa chỉ này gửi quá nhiều yêu cầu. Hãy đợi một phút.
          en: Too many requests | Too many requests come from this address. Wait a minute.
        too_many_attempts
          vi: Quá nhiều lần thử | Tạm thời không nhận mật khẩu nữa. Hãy chờ theo thời gian ở Retry-After rồi thử lại.
          en: Too many attempts | No password is taken for a while. Wait as Retry-After says and try again.
        no_person
          vi: Tài khoản không gắn với cán bộ | Tài khoản này không dùng để đăng nhập làm việc.
          en: Account without a person | This account is not for people to sign in with.
        no_post
          vi: Không giữ chức danh | Người đăng nhập hiện không giữ chức danh nào.
          en: No post | You hold no post at present.
        unknown_post
          vi: Không có chức danh này | Người đăng nhập không giữ chức danh đã chọn.
          en: Unknown post | The person does not hold that post.
        sessions_only
          vi: Chỉ dành cho phiên đăng nhập | Mã truy cập chỉ có một chức danh và không đổi được.
          en: For sessions only | A token acts in one post and cannot change it.
        not_by_delegation
          vi: Phải do chính người giữ chức danh làm | Ký số, đóng dấu, khóa ký, mã truy cập và uỷ quyền không làm thay được. Hãy chuyển về chức danh của mình.
          en: Not by delegation | Signing, sealing, keys, tokens and delegating are done in one's own post only.
        not_delegable
          vi: Không uỷ quyền được chức danh này | Chức danh quản trị đơn vị không uỷ quyền cho người khác.
          en: Not delegable | An administrator's post cannot be delegated.
        invalid_period
          vi: Thời gian không hợp lệ | Lúc kết thúc phải ở sau hiện tại, sau lúc bắt đầu và trong vòng một năm.
          en: Invalid period | It ends after now, after its start and within a year.
        unknown_delegate
          vi: Người được uỷ quyền không hợp lệ | Hãy chọn một chức danh đang giữ của người khác trong đơn vị.
          en: Unknown delegate | Choose a post, in force, of another person of the organisation.
        wrong_password
          vi: Mật khẩu hiện tại không đúng | Hãy nhập lại mật khẩu đang dùng.
          en: The current password is wrong | Type the password in use again.
        passwords_differ
          vi: Hai lần nhập không giống nhau | Hãy nhập lại mật khẩu mới ở cả hai ô.
          en: The two differ | Type the new password the same way twice.
        password_too_short
          vi: Mật khẩu quá ngắn | Mật khẩu phải có ít nhất 8 ký tự.
          en: Password too short | A password has at least 8 characters.
        password_too_long
          vi: Mật khẩu quá dài | Mật khẩu có nhiều nhất 128 ký tự.
          en: Password too long | A password has at most 128 characters.
        invalid_expiry
          vi: Thời hạn không hợp lệ | Thời hạn của mã truy cập phải trong vòng một năm kể từ bây giờ.
          en: Invalid expiry | A token lasts from now to at most a year.
        account_not_found
          vi: Không có tài khoản | Không có tài khoản này.
          en: No such account | There is no such account.
        administrator_only
          vi: Chỉ dành cho quản trị đơn vị | Việc này do quản trị đơn vị làm.
          en: Administrators only | This is done by the administrators of the organisation.
        clerk_only
          vi: Chỉ dành cho văn thư | Việc này do văn thư làm.
          en: Clerks only | This is done by the clerks.
        may_not_draft
          vi: Không được soạn thảo | Chức danh này không soạn thảo văn bản.
          en: May not draft | This post does not draft documents.
        post_has_ended
          vi: Chức danh đã kết thúc | Chức danh này đã thôi giữ từ trước.
          en: Post has ended | This post ended before.
        unknown_unit
          vi: Không có đơn vị này | Đơn vị được nêu không có trong tổ chức.
          en: Unknown unit | There is no such unit in the organisation.
        unknown_person
          vi: Không có người này | Người được nêu không có trong tổ chức.
          en: Unknown person | There is no such person in the organisation.
        unit_under_itself
          vi: Đơn vị không thể thuộc chính nó | Hãy chọn đơn vị cấp trên khác.
          en: Unit under itself | Choose another parent.
        either_unit_or_post
          vi: Chỉ nêu đơn vị hoặc chức danh | Hãy nêu đúng một trong hai: unit_id hoặc post_id.
          en: Either unit or post | Name exactly one of unit_id and post_id.
        unknown_register
          vi: Không có sổ này | Không có sổ đăng ký văn bản này.
          en: Unknown register | There is no such register.
        register_closed
          vi: Sổ đã khóa | Sổ đăng ký này đã khóa và không cấp số nữa.
          en: Register closed | This register is closed and gives no more numbers.
        register_of_another_year
          vi: Sổ của năm khác | Số và ngày văn bản phải thuộc năm hiện tại. Hãy chọn sổ của năm nay.
          en: Register of another year | Numbers belong to the present year. Choose a register of this year.
        register_of_another_direction
          vi: Sổ khác loại | Sổ này không dành cho loại văn bản đi, đến hay nội bộ này.
          en: Register of another kind | This register is not for documents of this direction.
        notation_taken
          vi: Số, ký hiệu đã cấp ở sổ khác | Trong năm đã có văn bản mang số và ký hiệu này. Hãy dùng sổ có ký hiệu riêng.
          en: Number given by another register | A document of this year has this number and symbol. Use a register with its own symbol.
        symbol_needs_type
          vi: Các tên loại trùng ký hiệu | Sổ đánh số theo tên loại phải có {type} trong mẫu ký hiệu, nếu không hai văn bản sẽ trùng số.
          en: Types share a symbol | A register numbered by type needs {type} in its symbol, or two documents get one number.
        register_symbols_collide
          vi: Ký hiệu trùng sổ khác | Trong năm đã có sổ cho cùng ký hiệu, hai văn bản sẽ trùng số. Hãy dùng mẫu ký hiệu riêng.
          en: Symbol of another register | A register of this year prints the same symbol. Use a template of its own.
        related_to_itself
          vi: Cùng một văn bản | Hãy chọn một văn bản khác.
          en: The same document | Choose another document.
        unknown_document
          vi: Không có văn bản này | Văn bản liên quan không có hoặc bạn không được xem.
          en: Unknown document | The related document does not exist, or you may not read it.
        too_many_saved_searches
          vi: Đã lưu đủ 100 tìm kiếm | Hãy bỏ bớt một tìm kiếm đã lưu.
          en: Too many saved searches | A hundred are kept. Drop one first.
        due_in_past
          vi: Hạn đã qua | Hãy chọn hạn từ hôm nay trở đi.
          en: The deadline has passed | Choose today or a later day.
        pins_differ
          vi: Hai lần nhập PIN không giống nhau | Hãy nhập cùng một mã PIN ở cả hai ô.
          en: The two PINs differ | Type the same PIN in both fields.
        place_outside_page
          vi: Vị trí ký ngoài trang | Khung chữ ký phải nằm trọn trong một trang của văn bản.
          en: Place outside the page | The signature must lie on a page of the document as a whole.
        state_secret_refused
          vi: Không nhận tài liệu mật | Bí mật nhà nước không được đưa vào hệ thống nối mạng.
          en: State secrets are refused | State secrets may not enter a networked system.
        unknown_document_type
          vi: Không có tên loại văn bản này | Hãy dùng một mã của danh mục loại văn bản.
          en: Unknown document type | Use a code from the list of document types.
        unknown_signer
          vi: Người ký không hợp lệ | Người ký phải là lãnh đạo hoặc trưởng đơn vị đang giữ chức.
          en: Unknown signer | The signer must be a leader or head in office.
        unknown_leader
          vi: Không có lãnh đạo này | Người được trình phải là lãnh đạo đang giữ chức.
          en: Unknown leader | Present to a leader in office.
        unknown_recipient
          vi: Nơi nhận không hợp lệ | Có nơi nhận không có trong hệ thống hoặc chính là nơi gửi.
          en: Unknown recipient | A recipient does not exist, or is the sender.
        nobody_to_take_it
          vi: Chưa có người nhận việc | Đơn vị của bước tiếp theo chưa có trưởng đơn vị hoặc văn thư. Báo quản trị đơn vị bổ sung.
          en: Nobody to take it | The unit of the next step has no head or clerk. Ask an administrator to appoint one.
        not_editable
          vi: Không còn sửa được | Văn bản đã trình; chỉ dự thảo mới sửa được.
          en: No longer editable | The document has been submitted; only drafts can be changed.
        main_file_missing
          vi: Chưa có tệp văn bản | Hãy tải tệp PDF của văn bản lên trước.
          en: No main file | Upload the document's PDF first.
        not_a_pdf
          vi: Không phải PDF | Tệp chính của văn bản phải là PDF.
          en: Not a PDF | The main file of a document must be a PDF.
        damaged_pdf
          vi: PDF hỏng | Tệp PDF bị hỏng hoặc thiếu phần cuối. Hãy tạo lại tệp.
          en: Damaged PDF | The PDF is damaged or cut short. Make it again.
        encrypted_pdf
          vi: PDF có mật khẩu | Hãy bỏ mã hóa của tệp PDF rồi tải lên lại.
          en: Encrypted PDF | Remove the PDF's encryption and upload it again.
        possible_duplicate
          vi: Có thể đã đăng ký | Đã có văn bản đến cùng số, ký hiệu và nơi phát hành. Nếu đúng ý, gửi lại với confirm_duplicate.
          en: Possible duplicate | A document of this number, symbol and issuer is there. If it is meant, send confirm_duplicate.
        action_not_possible
          vi: Không làm được ở bước này | Trạng thái hiện tại của văn bản không có việc này.
          en: Not possible at this step | The present state of the document has no such action.
        not_your_turn
          vi: Chưa đến lượt bạn | Bước này đang chờ người khác.
          en: Not your turn | This step waits for somebody else.
        task_not_open
          vi: Việc đã xong | Việc này đã kết thúc hoặc đã thu hồi.
          en: Task not open | This task is done or was withdrawn.
        already_settled
          vi: Đã xử lý | Văn bản này đã được tiếp nhận hoặc trả lại.
          en: Already settled | This delivery was registered or returned before.
        not_issued
          vi: Chưa phát hành | Văn bản chưa phát hành nên chưa gửi được.
          en: Not issued | The document is not issued yet and cannot be sent.
        key_exists
          vi: Đã có khóa ký | Chức danh này đã có khóa ký đang dùng.
          en: Key exists | There is a key in use already.
        key_missing
          vi: Chưa có khóa ký | Hãy tạo khóa ký trước.
          en: No key | Make a signing key first.
        certificate_expired
          vi: Chứng thư hết hạn | Chứng thư số đã hết hạn; hãy tạo khóa mới.
          en: Certificate expired | The certificate has expired; make a new key.
        certificate_not_yet_valid
          vi: Chứng thư chưa có hiệu lực | Chứng thư số chưa đến thời điểm bắt đầu có hiệu lực nên không ký được.
          en: Certificate not yet valid | The certificate is not valid yet, so it cannot sign.
        certificate_revoked
          vi: Chứng thư đã bị thu hồi | Chứng thư số, hoặc chứng thư của tổ chức cấp, đã bị thu hồi nên không ký được.
          en: Certificate revoked | The certificate, or one of its CAs, has been revoked and cannot sign.
        certificate_untrusted
          vi: Chứng thư không đáng tin | Không có đường dẫn tin cậy từ chứng thư số đến chứng thư gốc được công nhận.
          en: Certificate not trusted | No path leads from the certificate to a trusted root.
        certificate_status_unknown
          vi: Chưa kiểm tra được chứng thư | Chưa hỏi được tổ chức cấp xem chứng thư số còn hiệu lực không. Hãy thử lại sau.
          en: Certificate not checked | The issuer could not be asked whether the certificate is revoked. Try again later.
        certificate_status_no_address
          vi: Chứng thư không ghi nơi tra cứu | Chứng thư số không ghi địa chỉ OCSP hay CRL nào, nên không biết còn hiệu lực không.
          en: Certificate without a status address | The certificate names no place where its revocation could be asked for.
        certificate_status_address
          vi: Địa chỉ tra cứu không được phép | Địa chỉ OCSP hoặc CRL của chứng thư số, hay nơi nó chuyển hướng đến, không phải http(s) hoặc nằm trong mạng nội bộ chưa được cho phép (fetch_private_hosts).
          en: Status address not allowed | The address of OCSP or CRL, or where it redirects to, is not http(s), or lies in a private network that is not named in fetch_private_hosts.
        certificate_status_unreachable
          vi: Không kết nối được nơi tra cứu chứng thư | Dịch vụ OCSP hoặc CRL của tổ chức cấp không trả lời. Hãy thử lại sau.
          en: Status service unreachable | OCSP or CRL of the issuer cannot be reached. Try again later.
        certificate_status_slow
          vi: Nơi tra cứu chứng thư trả lời quá chậm | Dịch vụ OCSP hoặc CRL của tổ chức cấp không trả lời kịp. Hãy thử lại sau.
          en: Status service too slow | OCSP or CRL of the issuer did not answer in time. Try again later.
        certificate_status_too_large
          vi: Trả lời tra cứu chứng thư quá lớn | Trả lời OCSP hoặc CRL lớn hơn mức cho phép.
          en: Status answer too large | The answer of OCSP or CRL is larger than is taken.
        certificate_status_refused
          vi: Nơi tra cứu chứng thư từ chối trả lời | Dịch vụ OCSP hoặc CRL của tổ chức cấp báo lỗi. Hãy thử lại sau.
          en: Status service refuses | OCSP or CRL of the issuer answered with an error. Try again later.
        certificate_status_malformed
          vi: Trả lời tra cứu chứng thư không đọc được | Nơi tra cứu trả lời không phải OCSP hay CRL hợp lệ.
          en: Status answer unreadable | What was answered is no OCSP response and no CRL.
        certificate_status_other_certificate
          vi: Trả lời tra cứu nói về chứng thư khác | Trả lời OCSP hoặc CRL không nói gì về chứng thư số này.
          en: Status answer about another certificate | The answer of OCSP or CRL does not speak of this certificate.
        certificate_status_wrong_signer
          vi: Trả lời tra cứu chứng thư không đáng tin | Trả lời OCSP hoặc CRL không do tổ chức cấp chứng thư, hay nơi được tổ chức ấy ủy quyền, ký.
          en: Status answer not trusted | The answer of OCSP or CRL is not signed by the issuer or by whom it certified for this.
        certificate_status_signer_expired
          vi: Nơi tra cứu chứng thư đã hết hạn | Chứng thư của dịch vụ OCSP đã hết hạn nên trả lời của nó không dùng được.
          en: Status responder expired | The certificate of the OCSP responder has expired, so its answer is not taken.
        certificate_status_outdated
          vi: Trả lời tra cứu chứng thư đã cũ | Trả lời OCSP hoặc CRL không còn, hoặc chưa, có hiệu lực.
          en: Status answer outdated | The answer of OCSP or CRL does not hold any more, or not yet.
        authority_offline
          vi: CA nội bộ chưa sẵn sàng | Khóa của CA nội bộ không có trên máy chủ này. Hãy báo quản trị hệ thống.
          en: Authority offline | The key of the internal CA is not on this server. Tell the administrator of the system.
        time_stamp_failed
          vi: Chưa lấy được dấu thời gian | Dịch vụ cấp dấu thời gian không trả lời hoặc trả lời sai. Hãy thử lại sau.
          en: No time stamp | The time-stamp service did not answer, or not as it should. Try again later.
        wrong_pin
          vi: Sai mã PIN | Mã PIN không đúng; xem số lần thử còn lại.
          en: Wrong PIN | The PIN is wrong; see how many tries are left.
        key_locked
          vi: Khóa ký đang bị khóa | Sai PIN quá nhiều lần. Chờ theo Retry-After, hoặc tạo khóa mới nếu đã khóa hẳn.
          en: Key locked | Too many wrong PINs. Wait as Retry-After says; without it, a new key has to be made.
        remote_not_configured
          vi: Dịch vụ ký số từ xa chưa cấu hình đúng | Người quản trị cần kiểm tra tệp remote-signing.json.
          en: Remote signing is not configured rightly | The administrator has to check remote-signing.json.
        remote_provider_unknown
          vi: Không có dịch vụ ký số này | Hãy chọn một dịch vụ trong danh sách.
          en: Unknown remote signing service | Use one of the list.
        remote_unreachable
          vi: Không kết nối được dịch vụ ký số | Dịch vụ không trả lời. Hãy thử lại sau ít phút.
          en: The signing service cannot be reached | It does not answer. Try again in a few minutes.
        remote_access_refused
          vi: Dịch vụ ký số từ chối hệ thống | Tài khoản của hệ thống tại dịch vụ sai hoặc đã hết hạn; báo người quản trị.
          en: The signing service refuses the system | The system's account there is wrong or has run out; tell the administrator.
        remote_refused
          vi: Dịch vụ ký số từ chối ký | Dịch vụ không ký văn bản này. Hãy bắt đầu ký lại.
          en: The signing service refused | It did not sign. Start signing again.
        remote_bad_answer
          vi: Dịch vụ ký số trả lời sai | Câu trả lời của dịch vụ không đúng giao thức; báo người quản trị.
          en: A wrong answer of the signing service | It does not keep to its interface; tell the administrator.
        remote_wrong_pin
          vi: Sai mã PIN của dịch vụ ký số | Hãy kiểm tra mã PIN rồi ký lại.
          en: Wrong PIN of the signing service | Check the PIN and sign again.
        remote_wrong_otp
          vi: Sai mã OTP | Mã chỉ dùng một lần. Hãy yêu cầu mã mới rồi ký lại.
          en: Wrong OTP | A code is worth one try. Ask for a new one and sign again.
        remote_declined
          vi: Đã từ chối ký trên ứng dụng | Người ký đã từ chối trong ứng dụng của dịch vụ.
          en: Declined in the app | The signer said no in the service's app.
        remote_expired
          vi: Quá thời gian xác nhận | Không ai xác nhận trong ứng dụng kịp thời. Hãy ký lại.
          en: Not confirmed in time | Nobody confirmed in the app in time. Sign again.
        remote_batch_too_large
          vi: Quá nhiều văn bản cho một lần ký | Dịch vụ chỉ ký số văn bản nêu ở limit trong một lần.
          en: Too many documents at once | The service signs no more than limit says under one authorisation.
        remote_credential_unknown
          vi: Không có chứng thư phù hợp | Dịch vụ không giữ chứng thư nào mang tên của bạn với mã người dùng này.
          en: No suitable certificate | The service keeps no certificate of your name for this user.
        remote_algorithm_unsupported
          vi: Khóa không ký được thuật toán này | Hãy dùng một thuật toán mà chứng thư từ xa nêu.
          en: The key cannot do this algorithm | Use one that the remote certificate names.
        remote_under_way
          vi: Đang chờ dịch vụ ký số | Văn bản đã được gửi đi ký; hãy xác nhận trong ứng dụng hoặc chờ kết quả.
          en: Waiting for the signing service | The documents are with the service; confirm in its app or wait.
        signed_file_differs
          vi: Tệp không phải bản đã giao để ký | Hãy ký đúng tệp tải từ hệ thống, không sửa hay lưu lại bằng chương trình khác.
          en: Not the file that was given out | Sign the very file from here, without changing it or saving it anew.
        signed_file_changed
          vi: Tệp có thay đổi ngoài chữ ký | Ngoài một chữ ký, không được thêm hay sửa gì trong tệp.
          en: More than a signature was added | Nothing but one signature may be added to the file.
        signed_file_not_one
          vi: Tệp phải có đúng một chữ ký mới | Hãy ký một lần, vào ô chữ ký dành sẵn trong tệp.
          en: Exactly one new signature is wanted | Sign once, in the field that the file has for it.
        signed_file_invalid
          vi: Chữ ký trong tệp không hợp lệ | Chữ ký mới hoặc một chữ ký trước đó không hợp lệ theo chuẩn PAdES.
          en: A signature in the file is not valid | The new one or an earlier one is no valid PAdES signature.
        signed_file_locked
          vi: Chữ ký khóa mọi thay đổi | Chữ ký này không cho điền số và ngày sau khi ký. Hãy ký cho phép điền biểu mẫu.
          en: The signature locks the file | Number and date could not be filled in. Sign so that forms may be filled.
        signing_session_expired
          vi: Phiên ký đã hết hạn | Văn bản đã chuẩn bị quá lâu mà chưa ký. Hãy bắt đầu ký lại.
          en: Signing session expired | The signature came too late. Start signing again.
        signing_session_abandoned
          vi: Phiên ký đã hủy | Phiên ký này đã được hủy. Hãy bắt đầu ký lại.
          en: Signing session abandoned | This session was given up. Start signing again.
        unknown_signing_item
          vi: Không có văn bản này trong phiên ký | Hãy dùng mã của các mục trong phiên ký.
          en: Not an item of this session | Use the ids of the session's items.
        wrong_signature
          vi: Chữ ký không khớp chứng thư | Giá trị chữ ký không do khóa của chứng thư này tạo trên dữ liệu đã chuẩn bị.
          en: The signature does not verify | The certificate's key did not make this value over what was prepared.
        wrong_proof
          vi: Sai cách ký | Khóa ký trên máy chủ cần mã PIN; thiết bị cần giá trị chữ ký.
          en: Another kind of proof | A soft key takes a PIN; a device takes signature values.
        unknown_certificate
          vi: Không có chứng thư này | Chứng thư không có, đã thu hồi, hoặc không phải của bạn.
          en: Unknown certificate | There is no such certificate in force, or it is not yours.
        certificate_unsuitable
          vi: Chứng thư không ký được | Đây không phải chứng thư số, hoặc chứng thư không dùng để ký văn bản.
          en: Certificate unsuitable | This is no certificate, or one that cannot sign documents.
        certificate_of_another
          vi: Chứng thư của người khác | Tên trong chứng thư không phải tên của bạn hoặc của cơ quan.
          en: Somebody else's certificate | The name in the certificate is not yours or your organisation's.
        certificate_not_allowed
          vi: Chính sách không cho phép chứng thư này | Văn bản này cần chữ ký của loại chứng thư khác. Xem chính sách ký số.
          en: Certificate not allowed | The signature policy asks for another kind of certificate here.
        title_differs
          vi: Chức danh không khớp | Chức danh trong chứng thư khác chức danh ký trên văn bản. Hãy cấp lại chứng thư.
          en: The titles differ | The title in the certificate is not the one under which you sign. Have it reissued.
        signer_signature_missing
          vi: Chưa có chữ ký hợp lệ của người ký | Chỉ đóng dấu văn bản đã được người có thẩm quyền ký và chữ ký còn nguyên giá trị.
          en: No valid signature of the signer | Only what the competent person has signed, validly, is sealed.
        signer_unavailable
          vi: Dịch vụ khóa ký tạm ngừng | Chưa dùng được khóa ký trên máy chủ. Hãy thử lại sau giây lát.
          en: Key service away | The keys on the server cannot be used now. Try again in a moment.
        passkey_required
          vi: Cần xác nhận bằng passkey | Hãy chuẩn bị một phiên ký (signing-sessions), xác nhận bằng passkey rồi gửi cùng mã PIN. Chưa mất lần thử PIN nào.
          en: A passkey has to answer | Prepare a signing session, have the passkey answer its challenge, and send that with the PIN. No PIN was tried.
        passkey_missing
          vi: Chưa có passkey | Chính sách ký số yêu cầu passkey. Hãy thêm passkey trong hồ sơ của bạn trước khi ký.
          en: No passkey | The signature policy asks for a passkey. Add one in your profile before signing.
        passkey_unknown
          vi: Không có passkey này | Passkey này không phải của bạn hoặc đã được xoá.
          en: Unknown passkey | This passkey is not yours, or it was removed.
        passkey_wrong_challenge
          vi: Xác nhận không dành cho lần ký này | Xác nhận đã dùng rồi hoặc dành cho văn bản khác. Hãy xác nhận lại bằng passkey.
          en: An answer to something else | It was used before, or is for other documents. Have the passkey answer again.
        passkey_unsupported
          vi: Không dùng được loại khoá này | Thiết bị phải tạo khoá ES256, RS256 hoặc Ed25519.
          en: Unsupported key | The authenticator has to make an ES256, RS256 or Ed25519 key.
        passkey_copied
          vi: Passkey có dấu hiệu bị sao chép | Bộ đếm của passkey lùi lại. Hãy xoá passkey này và báo người quản trị.
          en: The passkey looks copied | Its counter went back. Remove it and tell the administrator.
        passkey_refused
          vi: Không nhận xác nhận này | Câu trả lời của passkey không hợp lệ cho trang này. Hãy thử lại.
          en: The answer is not taken | What the passkey answered is not valid for this site. Try again.
        passkey_challenge_over
          vi: Yêu cầu đã hết hạn | Yêu cầu thêm hoặc xoá passkey đã hết hạn hoặc đã dùng. Hãy bắt đầu lại.
          en: The challenge is over | Its time has run out, or it was used. Begin again.
        passkeys_unavailable
          vi: Chưa dùng được passkey | Passkey cần máy chủ có tên miền. Người quản trị đặt public_address bằng tên, không bằng địa chỉ IP.
          en: Passkeys cannot be used | They need a server with a name. Set public_address to a name, not to an IP address.
        password_required
          vi: Cần nhập mật khẩu | Hãy nhập mật khẩu đăng nhập để xác nhận chính bạn thêm passkey.
          en: The password is wanted | Give the password you sign in with, to show that it is you.
        too_many_passkeys
          vi: Quá nhiều passkey | Mỗi người có nhiều nhất 20 passkey. Hãy xoá bớt passkey không dùng.
          en: Too many passkeys | A person has 20 at most. Remove one that is not used.
        system_only
          vi: Chỉ dành cho hệ thống | Việc này chỉ làm được bằng lệnh trên máy chủ.
          en: For the system only | This is done by a command on the server.
        pin_too_weak
          vi: Mã PIN quá yếu | PIN phải có từ 6 đến 64 ký tự và không lặp một ký tự.
          en: PIN too weak | A PIN has 6 to 64 characters, not all the same.
        not_signable
          vi: Không ký được tệp này | Cấu trúc của tệp PDF không cho phép ký an toàn.
          en: Not signable | The PDF's structure does not allow a safe signature.
        """
}
