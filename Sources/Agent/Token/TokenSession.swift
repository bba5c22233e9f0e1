import CPKCS11

/// A session with a token, closed when it ends; what was logged in is logged out then.
struct TokenSession: ~Copyable {
    private let module: PKCS11Module
    private let slot: CK_SLOT_ID
    private let handle: CK_SESSION_HANDLE
    private var isLoggedIn = false

    init(_ module: PKCS11Module, slot: CK_SLOT_ID) throws(AgentError) {
        var handle: CK_SESSION_HANDLE = 0
        try module.check(
            module.functions.pointee.C_OpenSession?(slot, CKF_SERIAL_SESSION, nil, nil, &handle), "C_OpenSession")
        self.module = module
        self.slot = slot
        self.handle = handle
    }

    deinit {
        if self.isLoggedIn { _ = self.module.functions.pointee.C_Logout?(self.handle) }
        _ = self.module.functions.pointee.C_CloseSession?(self.handle)
    }

    /// - Parameter pin: `nil` where it is typed on the device.
    /// - Throws: `wrongPIN` with what the token then says of the tries left, `pinLocked`.
    mutating func logIn(_ pin: TypedPIN?, as user: CK_USER_TYPE = CKU_USER) throws(AgentError) {
        let logIn = self.module.functions.pointee.C_Login
        let result: CK_RV? =
            if let pin {
                pin.withUnsafeBytes { logIn?(self.handle, user, $0, $1) }
            } else {
                logIn?(self.handle, user, nil, 0)
            }
        switch result {
        case CKR_OK: if user == CKU_USER { self.isLoggedIn = true }
        case CKR_USER_ALREADY_LOGGED_IN where user == CKU_USER: self.isLoggedIn = true
        case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE:
            let left = try self.module.token(in: self.slot).triesLeft
            throw left == .none ? .pinLocked : .wrongPIN(left: left)
        default: throw PKCS11Module.failure(result, "C_Login")
        }
    }

    /// The objects of a class with these further attributes, 100 at most.
    func objects(_ kind: CK_ULONG, _ attributes: [(CK_ATTRIBUTE_TYPE, [UInt8])]) throws(AgentError)
        -> [CK_OBJECT_HANDLE]
    {
        let wanted = [(CKA_CLASS, withUnsafeBytes(of: kind, Array.init))] + attributes
        // One block for all values: the template points into it.
        var values = wanted.flatMap(\.1)
        let list = self.module.functions.pointee
        let session = self.handle
        let (result, found) = values.withUnsafeMutableBytes { memory -> (CK_RV?, [CK_OBJECT_HANDLE]) in
            var start = 0
            var template: [CK_ATTRIBUTE] = []
            for (type, value) in wanted {
                let place = memory.baseAddress.map { $0 + start }
                template.append(CK_ATTRIBUTE(type: type, pValue: place, ulValueLen: CK_ULONG(value.count)))
                start += value.count
            }
            let begun = list.C_FindObjectsInit?(session, &template, CK_ULONG(template.count))
            guard begun == CKR_OK else { return (begun, []) }
            defer { _ = list.C_FindObjectsFinal?(session) }
            var handles = [CK_OBJECT_HANDLE](repeating: 0, count: 100)
            var count: CK_ULONG = 0
            let result = list.C_FindObjects?(session, &handles, CK_ULONG(handles.count), &count)
            return (result, Array(handles.prefix(Int(count))))
        }
        try self.module.check(result, "C_FindObjects")
        return found
    }

    /// The value of an attribute; `nil` where the object has none, hides it, or it is longer than 64 KiB.
    func attribute(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) -> [UInt8]? {
        let list = self.module.functions.pointee
        var attribute = CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
        guard list.C_GetAttributeValue?(self.handle, object, &attribute, 1) == CKR_OK,
            attribute.ulValueLen <= 65_536
        else { return nil }
        var value = [UInt8](repeating: 0, count: Int(attribute.ulValueLen))
        let isRead = value.withUnsafeMutableBytes { memory in
            attribute.pValue = memory.baseAddress
            return list.C_GetAttributeValue?(self.handle, object, &attribute, 1) == CKR_OK
        }
        guard isRead, attribute.ulValueLen <= CK_ULONG(value.count) else { return nil }
        return Array(value.prefix(Int(attribute.ulValueLen)))
    }

    /// Signs one hash. A key that wants its PIN for each use (CKA_ALWAYS_AUTHENTICATE) gets it.
    mutating func sign(
        _ digest: [UInt8], _ algorithm: TokenAlgorithm, with key: CK_OBJECT_HANDLE, pin: TypedPIN?,
        authenticatesAlways: Bool
    ) throws(AgentError) -> [UInt8] {
        let list = self.module.functions.pointee
        let session = self.handle
        var parameters = algorithm.pss
        let begun = withUnsafeMutableBytes(of: &parameters) { memory -> CK_RV? in
            var mechanism = CK_MECHANISM(mechanism: algorithm.mechanism, pParameter: nil, ulParameterLen: 0)
            if algorithm.mechanism == CKM_RSA_PKCS_PSS {
                mechanism.pParameter = memory.baseAddress
                mechanism.ulParameterLen = CK_ULONG(memory.count)
            }
            return list.C_SignInit?(session, &mechanism, key)
        }
        try self.module.check(begun, "C_SignInit")
        if authenticatesAlways { try self.logIn(pin, as: CKU_CONTEXT_SPECIFIC) }
        let input = algorithm.input(of: digest)
        // Room for RSA of 8192 bits, and so for every curve.
        var signature = [UInt8](repeating: 0, count: 1024)
        var size = CK_ULONG(signature.count)
        try self.module.check(
            list.C_Sign?(session, input, CK_ULONG(input.count), &signature, &size), "C_Sign")
        return Array(signature.prefix(Int(size)))
    }
}
