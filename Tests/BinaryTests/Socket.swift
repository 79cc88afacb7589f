import Glibc
import Support

/// A bare connection, for what no client would send.
struct Socket: ~Copyable {
    struct Failed: Error {
        let call: String
        let code: Int32
    }

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failed(call: "connect", code: errno) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        let sent = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard sent == bytes.count else { throw Failed(call: "send", code: errno) }
    }

    /// What has arrived; nil once the other side has hung up.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 { return Array(buffer.prefix(count)) }
        return count == 0 || errno == ECONNRESET ? nil : []
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
