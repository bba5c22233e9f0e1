import COpenSSL
import Foundation
import PAdES

/// The DER of a structure, by its `i2d_…` function.
func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) throws(SoftKeyError) -> [UInt8] {
    let size = write(nil)
    guard size > 0 else { throw .cryptography("DER") }
    var der = [UInt8](repeating: 0, count: Int(size))
    der.withUnsafeMutableBufferPointer { buffer in
        var cursor = buffer.baseAddress
        _ = write(&cursor)
    }
    return der
}

/// A structure read by its `d2i_…` function; nil unless all bytes belong to it.
func decoded<Handle>(
    _ der: [UInt8], _ read: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Handle?, free: (Handle) -> Void
) -> Handle? {
    der.withUnsafeBufferPointer { buffer in
        var cursor = buffer.baseAddress
        defer { ERR_clear_error() }
        guard let start = buffer.baseAddress, let value = read(&cursor, buffer.count) else { return nil }
        guard cursor == start + buffer.count else {
            free(value)
            return nil
        }
        return value
    }
}

/// A serial number between its hexadecimal form and OpenSSL's.
enum SerialNumber {
    /// The caller frees it.
    static func integer(_ hexadecimal: String) throws(SoftKeyError) -> UnsafeMutablePointer<ASN1_INTEGER> {
        var number: OpaquePointer?
        guard BN_hex2bn(&number, hexadecimal) == hexadecimal.utf8.count, let number else {
            BN_free(number)
            throw .unacceptable("serial number")
        }
        defer { BN_free(number) }
        guard let integer = BN_to_ASN1_INTEGER(number, nil) else { throw .cryptography("serial number") }
        return integer
    }

    /// Capitals, two digits a byte.
    static func text(_ integer: UnsafePointer<ASN1_INTEGER>?) throws(SoftKeyError) -> String {
        guard let number = ASN1_INTEGER_to_BN(integer, nil) else { throw .cryptography("serial number") }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { throw .cryptography("serial number") }
        defer { CRYPTO_free(text, #file, #line) }
        return String(cString: text)
    }
}

/// Seconds since 1970 between their number and OpenSSL's times.
enum Moment {
    /// GeneralizedTime, as OCSP has it. The caller frees it.
    static func generalized(_ seconds: Int64) throws(SoftKeyError) -> UnsafeMutablePointer<ASN1_GENERALIZEDTIME> {
        guard let time = ASN1_GENERALIZEDTIME_set(nil, time_t(seconds)) else { throw .cryptography("time") }
        return time
    }

    /// UTCTime until 2049, GeneralizedTime afterwards (RFC 5280). The caller frees it.
    static func universal(_ seconds: Int64) throws(SoftKeyError) -> UnsafeMutablePointer<ASN1_TIME> {
        guard let time = ASN1_TIME_set(nil, time_t(seconds)) else { throw .cryptography("time") }
        return time
    }

    /// Nil for what is no time.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        guard let time else { return nil }
        var parts = tm()
        defer { ERR_clear_error() }
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Int64(timegm(&parts))
    }
}
