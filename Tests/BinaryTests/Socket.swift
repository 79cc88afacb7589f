import Glibc
import Support

/// A bare connection, for what no client would send.
struct Socket: ~Copyable {
    struct Failed: Error {
        let call: String
        let code: Int32
    }

    private let descriptor: Int32

    /// - Parameters:
    ///   - last: the last number of the client's own address, 127.0.0.x.
    ///   - receiveBytes: how much the kernel takes in for a client that does not read.
    init(port: Int, from last: UInt8 = 1, receiveBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        try call("bind", last, 0) { bind($0, $1, $2) }
        try call("connect", 1, port) { connect($0, $1, $2) }
    }

    private func call(
        _ name: String, _ last: UInt8, _ port: Int,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0000 + UInt32(last)).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failed(call: name, code: errno) }
    }

    /// A port that is free, for a server that must know its own address before it starts.
    static func freePort() throws -> Int { try Socket().boundPort() }

    /// Has a port of its own and waits for nobody.
    private init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try call("bind", 1, 0) { bind($0, $1, $2) }
    }

    private func boundPort() throws -> Int {
        var (address, size) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard result == 0 else { throw Failed(call: "getsockname", code: errno) }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        let sent = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard sent == bytes.count else { throw Failed(call: "send", code: errno) }
    }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Ends the client's side; it still reads.
    func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Breaks off, as the kernel does for a program that was killed, instead of hanging up.
    consuming func breakOff() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    /// What has arrived; nil once the other side has hung up.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 { return Array(buffer.prefix(count)) }
        return count == 0 || errno == ECONNRESET ? nil : []
    }

    /// Whether the other side has broken off, without reading what is there.
    var isBroken: Bool {
        var wish = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&wish, 1, 0) > 0
    }

    func readToEnd() async throws -> String {
        var bytes: [UInt8] = []
        try await eventually("the end of an answer") {
            guard let more = read() else { return true }
            bytes += more
            return false
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
