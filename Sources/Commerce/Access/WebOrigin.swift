/// Where a browser's page comes from, as it says it: scheme, host and port, and nothing behind them (RFC 6454).
enum WebOrigin {
    static func isOne(_ text: String) -> Bool {
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
        return !rest.isEmpty && rest.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2F && $0 < 0x7F }
    }
}
