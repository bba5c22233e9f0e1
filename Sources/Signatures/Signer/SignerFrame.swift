import CLinux
import Foundation
import Glibc

/// Messages between the server and the signer over a local socket: the length of the PIN and of the rest, 4 bytes each, big-endian; the PIN;
/// JSON. Neither side reads more than is allowed, or waits for ever. Blocking.
enum SignerFrame {
    /// Bytes of JSON: fifty documents' attributes, or a certificate's names, are far below.
    static let largest = 4 << 20
    static let longestPIN = 512

    /// The other side hung up, was too slow, or does not speak this.
    struct Broken: Error {}

    static func write(_ body: some Encodable, pin: SecretBytes?, to socket: CInt) throws {
        let json = try JSONEncoder().encode(body)
        guard json.count <= self.largest, (pin?.count ?? 0) <= self.longestPIN else { throw Broken() }
        var head: [UInt8] = []
        for count in [pin?.count ?? 0, json.count] {
            for shift in [24, 16, 8, 0] { head.append(UInt8(truncatingIfNeeded: count >> shift)) }
        }
        try head.withUnsafeBytes { try self.send($0, to: socket) }
        try pin?.withUnsafeBytes { try self.send($0, to: socket) }
        try json.withUnsafeBytes { try self.send($0, to: socket) }
    }

    static func read<Body: Decodable>(_: Body.Type, from socket: CInt) throws -> (body: Body, pin: SecretBytes?) {
        var head = [UInt8](repeating: 0, count: 8)
        try head.withUnsafeMutableBytes { try self.receive($0, from: socket) }
        func count(_ place: Int) -> Int { head[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) } }
        guard count(0) <= self.longestPIN, count(4) <= self.largest else { throw Broken() }
        let pin =
            count(0) == 0 ? nil : try SecretBytes(count: count(0)) { try self.receive($0, from: socket) }
        var json = Data(count: count(4))
        try json.withUnsafeMutableBytes { try self.receive($0, from: socket) }
        return (try JSONDecoder().decode(Body.self, from: json), pin)
    }

    /// Gives up a side that says nothing for so long.
    static func limit(_ socket: CInt, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private static func send(_ bytes: UnsafeRawBufferPointer, to socket: CInt) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = Glibc.send(
                socket, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { throw Broken() }
            rest = rest.dropFirst(sent)
        }
    }

    private static func receive(_ bytes: UnsafeMutableRawBufferPointer, from socket: CInt) throws {
        var filled = 0
        while filled < bytes.count {
            let got = recv(socket, bytes.baseAddress.map { $0 + filled }, bytes.count - filled, 0)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Broken() }
            filled += got
        }
    }
}

/// The address of a local socket. A path of any length will do: what is too long for the kernel is reached through its open folder.
enum LocalSocket {
    /// Opens a socket and has `use` bind or connect it. Throws `POSIXError`.
    static func open(
        at path: String, _ use: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws -> CInt {
        let file = URL(fileURLWithPath: path)
        let folder = vanthu_open_folder(file.deletingLastPathComponent().path)
        guard folder >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(folder) }
        let short = Array("/proc/self/fd/\(folder)/\(file.lastPathComponent)".utf8)
        var address = sockaddr_un()
        guard short.count < MemoryLayout.size(ofValue: address.sun_path) else { throw POSIXError(.ENAMETOOLONG) }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: short) }
        let socket = Glibc.socket(
            AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            let reason = POSIXErrorCode(rawValue: errno) ?? .EIO
            close(socket)
            throw POSIXError(reason)
        }
        return socket
    }
}
