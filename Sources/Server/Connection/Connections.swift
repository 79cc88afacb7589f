import Basics
import Glibc
import NIOCore
import Synchronization

/// All open connections: so many from one address, so many in all. Where all places are taken, a newcomer gets that of the
/// connection that has let the server wait longest, so that nobody closes the door by standing in it.
final class Connections: Sendable {
    /// One open connection, and since when the server waits for its client.
    final class Place: Sendable {
        fileprivate let channel: any Channel
        fileprivate let origin: Origin?
        private let since = Atomic<UInt64>(.max)

        fileprivate init(_ channel: any Channel, _ origin: Origin?) {
            self.channel = channel
            self.origin = origin
        }

        /// From now on the server waits for the client.
        func waits(since now: NIODeadline) {
            since.store(now.uptimeNanoseconds, ordering: .relaxed)
        }

        /// From now on the client waits for the server.
        func works() {
            since.store(.max, ordering: .relaxed)
        }

        fileprivate var waiting: UInt64 { since.load(ordering: .relaxed) }
    }

    /// Who is counted as one: an IPv4 address, or the /64 that an IPv6 client chooses its addresses from.
    fileprivate enum Origin: Hashable {
        case four(UInt32)
        case six(UInt64)
    }

    fileprivate struct Open {
        var places: [ObjectIdentifier: Place] = [:]
        var counts: [Origin: Int] = [:]
    }

    private let max: Int
    private let maxPerAddress: Int
    private let trusted: [AddressRange]
    private let open = Mutex(Open())

    /// - Parameter trusted: networks of proxies, which speak for many clients.
    init(_ limits: Limits, trusted: [AddressRange]) {
        max = limits.connections
        maxPerAddress = limits.connectionsPerAddress
        self.trusted = trusted
    }

    /// A place for a new connection until it closes, or nil where it may not stay.
    func enter(_ channel: any Channel) -> Place? {
        let place = Place(channel, origin(of: channel.remoteAddress))
        place.waits(since: .now())
        let (isIn, leaver) = open.withLock { open -> (Bool, Place?) in
            if let origin = place.origin, open.counts[origin, default: 0] >= maxPerAddress { return (false, nil) }
            var leaver: Place?
            if open.places.count >= max {
                let longest = open.places.values.min { $0.waiting < $1.waiting }
                guard let longest, longest.waiting != .max else { return (false, nil) }
                open.remove(longest)
                leaver = longest
            }
            open.places[ObjectIdentifier(place)] = place
            if let origin = place.origin { open.counts[origin, default: 0] += 1 }
            return (true, leaver)
        }
        leaver?.channel.reset()
        guard isIn else { return nil }
        channel.closeFuture.whenComplete { _ in self.open.withLock { $0.remove(place) } }
        return place
    }

    /// Nil for those who are not counted: the machine itself and trusted proxies.
    private func origin(of address: SocketAddress?) -> Origin? {
        guard let address, let text = address.ipAddress, !Self.isProxy(text, trusted) else { return nil }
        switch address {
        case .v4(let four): return .four(four.address.sin_addr.s_addr)
        case .v6(let six):
            return withUnsafeBytes(of: six.address.sin6_addr) { bytes in
                // ::ffff:a.b.c.d is an IPv4 client on a socket for both.
                let isFour = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
                return isFour
                    ? .four(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
                    : .six(bytes.loadUnaligned(as: UInt64.self))
            }
        case .unixDomainSocket: return nil
        }
    }

    private static func isProxy(_ address: String, _ trusted: [AddressRange]) -> Bool {
        ["127.0.0.1", "::1", "::ffff:127.0.0.1"].contains(address) || trusted.contains { $0.contains(address) }
    }
}

extension Connections.Open {
    /// A place that was given away is no longer here when its connection closes.
    fileprivate mutating func remove(_ place: Connections.Place) {
        guard places.removeValue(forKey: ObjectIdentifier(place)) != nil, let origin = place.origin else { return }
        let left = counts[origin, default: 1] - 1
        counts[origin] = left > 0 ? left : nil
    }
}

extension Channel {
    /// Closes the connection and lets go of what was not delivered; a client that does not read would have the kernel keep it.
    func reset() {
        (self as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            self.close(promise: nil)
        }
    }
}
