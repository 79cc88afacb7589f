/// Host names as RFC 1123 has them, in lower case.
package enum HostName {
    /// A name with a dot and a last label that is no number: not `localhost`, not an address.
    package static func isDomain(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.count >= 2, let last = labels.last else { return false }
        return labels.allSatisfy(isLabel) && last.contains { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }

    /// Whether a name is a host's or below it.
    package static func isName(_ name: String, at host: String) -> Bool {
        !host.isEmpty && (name == host || name.hasSuffix("." + host))
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
            return false
        }
        return label.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
