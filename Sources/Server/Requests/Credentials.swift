import HTTPTypes

/// The token of a request: `Authorization: Shoporama T`, `Bearer T` or bare `T`, or `X-Access-Token: T` (CONTRACT 4).
enum Credentials {
    static func token(in headers: HTTPFields) -> String? {
        let given = headers[values: .authorization]
        // Two credentials are one too many: nobody could say which one counts.
        guard given.count <= 1 else { return nil }
        guard let authorization = given.first else { return headers[.accessToken].flatMap(plain) }
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "))
        switch parts.count {
        case 1: return plain(String(Substring(parts[0])))
        case 2:
            let scheme = String(Substring(parts[0])).lowercased()
            return scheme == "shoporama" || scheme == "bearer" ? plain(String(Substring(parts[1]))) : nil
        default: return nil
        }
    }

    /// An app's own token, which comes with its scheme and in no other way: `Authorization: App T`.
    static func appToken(in headers: HTTPFields) -> String? {
        let parts = headers[values: .authorization].flatMap { $0.utf8.split(separator: UInt8(ascii: " ")) }
        guard parts.count == 2, String(Substring(parts[0])).lowercased() == "app" else { return nil }
        return String(Substring(parts[1]))
    }

    private static func plain(_ text: String) -> String? {
        text.isEmpty ? nil : text
    }
}
