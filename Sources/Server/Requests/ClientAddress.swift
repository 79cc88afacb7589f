import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore

extension [AddressRange] {
    /// Where the client of a request is, as these trusted proxies tell it; empty where it is on this machine and came through a
    /// file.
    func client(of request: Request, _ channel: any Channel) -> String {
        let peer = Self.plain(channel.remoteAddress?.ipAddress ?? "")
        guard !isEmpty, contains(where: { $0.contains(peer) }), let forwarded = request.headers[.forwardedFor] else {
            return peer
        }
        // The last hop that is no proxy of ours is the client; what stands before it anyone could have written.
        let hops = forwarded.split(separator: ",").map { $0.filter { $0 != " " } }
        return hops.last { hop in !contains { $0.contains(hop) } } ?? peer
    }

    /// Of a socket that takes both kinds, a client of IPv4 has its own address too (RFC 4291, 2.5.5.2).
    private static func plain(_ address: String) -> String {
        let mapped = "::ffff:"
        return address.hasPrefix(mapped) && address.contains(".") ? String(address.dropFirst(mapped.count)) : address
    }
}
