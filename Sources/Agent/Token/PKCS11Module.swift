import CPKCS11
import Glibc

/// The library of a token's maker, loaded into this process (PKCS #11 2.40). It blocks, and is used by one thread at a time.
final class PKCS11Module {
    let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>

    /// - Throws: `module` with the loader's words, or with what the module says at its start.
    init(path: String) throws(AgentError) {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw .module(dlerror().map { String(cString: $0) } ?? path)
        }
        guard let symbol = dlsym(library, "C_GetFunctionList") else { throw .module("\(path): no PKCS #11 module") }
        let list = unsafeBitCast(
            symbol, to: (@convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?) -> CK_RV).self)
        var functions: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        guard list(&functions) == CKR_OK, let functions else { throw .module("\(path): no list of functions") }
        self.functions = functions
        var arguments = CK_C_INITIALIZE_ARGS()
        arguments.flags = CKF_OS_LOCKING_OK
        var result = functions.pointee.C_Initialize?(&arguments)
        // Some modules know no locks; one thread needs none.
        if result == CKR_CANT_LOCK { result = functions.pointee.C_Initialize?(nil) }
        guard result == CKR_OK || result == CKR_CRYPTOKI_ALREADY_INITIALIZED else {
            throw Self.failure(result, "C_Initialize")
        }
    }

    // The library stays loaded: several modules crash when they are unloaded while their threads end.
    deinit { _ = self.functions.pointee.C_Finalize?(nil) }

    /// Throws what a return value other than `CKR_OK` means.
    func check(_ result: CK_RV?, _ function: String) throws(AgentError) {
        guard result == CKR_OK else { throw Self.failure(result, function) }
    }

    static func failure(_ result: CK_RV?, _ function: String) -> AgentError {
        switch result {
        case nil: .module("\(function) is missing")
        case CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_DEVICE_REMOVED, CKR_SLOT_ID_INVALID,
            CKR_SESSION_HANDLE_INVALID:
            .tokenRemoved
        case CKR_PIN_LOCKED: .pinLocked
        case CKR_FUNCTION_CANCELED: .declined
        case CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID: .algorithmUnsupported
        case .some(let code): .token("\(function) 0x\(String(code, radix: 16))")
        }
    }

    /// The slots in which a token sits now.
    func slots() throws(AgentError) -> [CK_SLOT_ID] {
        var count: CK_ULONG = 0
        // A list of unknown length first: only that makes modules look for tokens that came or went.
        try self.check(self.functions.pointee.C_GetSlotList?(1, nil, &count), "C_GetSlotList")
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(min(count, 256)))
        count = CK_ULONG(slots.count)
        try self.check(self.functions.pointee.C_GetSlotList?(1, &slots, &count), "C_GetSlotList")
        return Array(slots.prefix(Int(count)))
    }

    func token(in slot: CK_SLOT_ID) throws(AgentError) -> TokenFacts {
        var info = CK_TOKEN_INFO()
        try self.check(self.functions.pointee.C_GetTokenInfo?(slot, &info), "C_GetTokenInfo")
        return TokenFacts(
            label: withUnsafeBytes(of: info.label) { Self.text($0) },
            serial: withUnsafeBytes(of: info.serialNumber) { Self.text($0) }, flags: info.flags)
    }

    /// Those of `mechanisms` with which the slot's token signs.
    func signing(_ mechanisms: [CK_MECHANISM_TYPE], in slot: CK_SLOT_ID) -> Set<CK_MECHANISM_TYPE> {
        Set(
            mechanisms.filter { mechanism in
                var info = CK_MECHANISM_INFO()
                return self.functions.pointee.C_GetMechanismInfo?(slot, mechanism, &info) == CKR_OK
                    && info.flags & CKF_SIGN != 0
            })
    }

    /// Blank-padded UTF-8.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        let end = bytes.lastIndex { $0 != 0x20 && $0 != 0 }
        return String(decoding: bytes[..<(end.map { $0 + 1 } ?? 0)], as: UTF8.self)
    }
}

/// What is known of a token without a PIN.
struct TokenFacts: Sendable, Hashable {
    let label: String
    let serial: String
    let flags: CK_FLAGS

    var isReady: Bool { self.flags & CKF_TOKEN_INITIALIZED != 0 }
    var needsLogin: Bool { self.flags & CKF_LOGIN_REQUIRED != 0 }
    /// Whether the PIN is typed on the device itself.
    var hasPINPad: Bool { self.flags & CKF_PROTECTED_AUTHENTICATION_PATH != 0 }

    var triesLeft: TriesLeft {
        if self.flags & CKF_USER_PIN_LOCKED != 0 { return .none }
        if self.flags & CKF_USER_PIN_FINAL_TRY != 0 { return .last }
        return self.flags & CKF_USER_PIN_COUNT_LOW != 0 ? .few : .enough
    }
}
