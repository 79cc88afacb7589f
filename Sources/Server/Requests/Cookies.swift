/// The cookies of a request (RFC 6265, 4.2).
enum Cookies {
    /// The value of a name; nil where there is none, or are several: nobody could say which one counts.
    static func value(of name: String, in headers: [String]) -> String? {
        let pairs = headers.flatMap { $0.utf8.split(separator: UInt8(ascii: ";")) }.map { pair in
            Substring(pair).drop { $0 == " " }
        }
        let values = pairs.compactMap { $0.hasPrefix(name + "=") ? String($0.dropFirst(name.count + 1)) : nil }
        return values.count == 1 ? values.first : nil
    }
}
