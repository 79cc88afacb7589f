import Basics
import NIOHTTP1

/// RFC 9110 7.2 and RFC 3986 3.2: what a Host header may hold.
enum HostName {
    /// A name or address, and perhaps a port. Nobody's user name, no blanks, nothing empty.
    static func isValid(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        if bytes.first == UInt8(ascii: "[") {
            let address = bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            bytes = bytes.dropFirst(address.count + 1)
            guard !address.isEmpty, address.allSatisfy(isAddressByte), bytes.popFirst() == UInt8(ascii: "]") else {
                return false
            }
        } else {
            let name = bytes.prefix { $0 != UInt8(ascii: ":") }
            guard !name.isEmpty, name.allSatisfy(isNameByte) else { return false }
            bytes = bytes.dropFirst(name.count)
        }
        let port = bytes.dropFirst()
        return bytes.isEmpty || bytes.first == UInt8(ascii: ":") && port.count <= 5 && port.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "-._~!$&'()*+,;=%".utf8.contains(byte)
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
