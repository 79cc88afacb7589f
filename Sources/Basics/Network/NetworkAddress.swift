import Glibc

/// An IPv4 or IPv6 address, and whether it is one of the public Internet.
package struct NetworkAddress: Sendable, Equatable {
    package let bytes: [UInt8]

    /// Reads the one plain form of an address, nothing else.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether calls may go there: not to ourselves, not into somebody's network, not to what has no host.
    package var isPublic: Bool {
        if bytes.count == 16, bytes.starts(with: Self.mappedPrefix) {
            return NetworkAddress(bytes: Array(bytes.suffix(4))).isPublic
        }
        let blocked = bytes.count == 4 ? Self.blockedFour : Self.blockedSix
        return !blocked.contains { $0.contains(self) }
    }

    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    /// The registries of special-purpose addresses (IANA; RFC 6890), and multicast.
    private static let blockedFour = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap { AddressRange($0) }

    private static let blockedSix = [
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { AddressRange($0) }
}
