package import Basics
import Glibc
import Persistence

/// The system's resolver, on a thread for each name: it may hang for as long as a name server does, which can be longer than
/// anybody waits for it. libcurl would look names up itself, and then only the addresses that it tries were seen: one private
/// address among public ones is enough to refuse a name.
package enum Resolver {
    /// The addresses of a name; none where it has none.
    @Sendable package static func addresses(of name: String) async -> [NetworkAddress] {
        (try? await OwnThread.run { lookUp(name) }) ?? []
    }

    private static func lookUp(_ name: String) -> [NetworkAddress] {
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, nil, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        // An address comes once for each kind of socket.
        var found: [NetworkAddress] = []
        var next = first
        while let info = next?.pointee {
            if let socket = info.ai_addr,
                let address = NetworkAddress(socket, family: info.ai_family, length: Int(info.ai_addrlen)),
                !found.contains(address)
            {
                found.append(address)
            }
            next = info.ai_next
        }
        return found
    }
}
