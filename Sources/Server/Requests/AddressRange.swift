import Glibc

/// A network in CIDR form, or a single address; IPv4 and IPv6.
package struct AddressRange: Sendable, Equatable {
    private let bytes: [UInt8]
    private let bits: Int

    /// `10.0.0.0/8`, `::1`, … or nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = Self.bytes(of: String(parts[0])) else { return nil }
        let bits = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
        guard let bits, (0...bytes.count * 8).contains(bits) else { return nil }
        self.bytes = bytes
        self.bits = bits
    }

    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        for index in bytes.indices {
            let left = min(8, max(0, bits - index * 8))
            let mask = left == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - left))
            if bytes[index] & mask != other[index] & mask { return false }
        }
        return true
    }

    /// Whether a token's list lets an address in; an empty list lets everybody.
    static func allows(_ address: String, _ list: [String]) -> Bool {
        list.isEmpty || list.contains { AddressRange($0)?.contains(address) == true }
    }

    /// What one client is told by: its address, and of IPv6 the half that its network was given.
    static func client(_ address: String) -> String {
        guard let bytes = bytes(of: address), bytes.count == 16 else { return address }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    private static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
