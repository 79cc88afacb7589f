/// A network in CIDR form, or a single address; IPv4 and IPv6.
package struct AddressRange: Sendable, Equatable {
    private let bytes: [UInt8]
    private let bits: Int

    /// `10.0.0.0/8`, `::1`, … or nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let bytes = NetworkAddress(String(first))?.bytes else {
            return nil
        }
        let bits = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
        guard let bits, (0...bytes.count * 8).contains(bits) else { return nil }
        self.bytes = bytes
        self.bits = bits
    }

    package func contains(_ address: String) -> Bool { NetworkAddress(address).map(contains) ?? false }

    package func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        for (index, pair) in zip(bytes, address.bytes).enumerated() {
            let left = min(8, max(0, bits - index * 8))
            let mask = left == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - left))
            if pair.0 & mask != pair.1 & mask { return false }
        }
        return true
    }

    /// Whether a token's list lets an address in; an empty list lets everybody.
    package static func allows(_ address: String, _ list: [String]) -> Bool {
        list.isEmpty || list.contains { AddressRange($0)?.contains(address) == true }
    }

    /// What one client is told by: its address, and of IPv6 the half that its network was given.
    package static func client(_ address: String) -> String {
        guard let bytes = NetworkAddress(address)?.bytes, bytes.count == 16 else { return address }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }
}
