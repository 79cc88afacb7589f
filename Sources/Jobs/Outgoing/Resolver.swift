package import Basics
import Glibc
import NIOPosix
import Outbound

/// The system's resolver, on threads of its own: it may hang for as long as a name server does, which can be longer than
/// anybody waits for it. There are more threads than calls that could leave one hanging.
package enum Resolver {
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 48)
        pool.start()
        return pool
    }()

    /// The addresses of a name; none where it has none.
    @Sendable package static func addresses(of name: String) async -> [NetworkAddress] {
        (try? await threads.runIfActive { lookUp(name) }) ?? []
    }

    private static func lookUp(_ name: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [NetworkAddress] = []
        var next = first
        while let info = next?.pointee {
            if let address = address(of: info), !found.contains(address) { found.append(address) }
            next = info.ai_next
        }
        return found
    }

    private static func address(of info: addrinfo) -> NetworkAddress? {
        guard let pointer = info.ai_addr else { return nil }
        let raw = UnsafeRawPointer(pointer)
        switch info.ai_family {
        case AF_INET where info.ai_addrlen >= socklen_t(MemoryLayout<sockaddr_in>.size):
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) {
                NetworkAddress(bytes: Array($0))
            }
        case AF_INET6 where info.ai_addrlen >= socklen_t(MemoryLayout<sockaddr_in6>.size):
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) {
                NetworkAddress(bytes: Array($0))
            }
        default: return nil
        }
    }
}
