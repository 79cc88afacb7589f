import Glibc

extension NetworkAddress {
    /// The address that the system's socket calls have; nil for what is neither IPv4 nor IPv6.
    /// - Parameter length: bytes that are there.
    package init?(_ socket: UnsafeRawPointer, family: Int32, length: Int) {
        switch family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            self = withUnsafeBytes(of: socket.loadUnaligned(as: sockaddr_in.self).sin_addr) {
                NetworkAddress(bytes: Array($0))
            }
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            self = withUnsafeBytes(of: socket.loadUnaligned(as: sockaddr_in6.self).sin6_addr) {
                NetworkAddress(bytes: Array($0))
            }
        default: return nil
        }
    }

    /// As it is written: `127.0.0.1`, `2001:db8::1`.
    package var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
