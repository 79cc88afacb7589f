package import Basics
import Crypto
package import Resources

/// What a browser and the console keep of each other: a cookie, and the token of forms that goes with it.
package enum Visit {
    package static let cookie = "butik_session"

    /// What has to be done before a page is shown.
    package enum Missing: String, Sendable, CaseIterable {
        case login = "log_in"
        case code = "second_factor"
        case confirmation = "confirm"

        package var problem: Problem {
            let words =
                switch self {
                case .login: "Log in first."
                case .code: "Enter the code of your second factor first."
                case .confirmation: "Enter your password once more first."
                }
            return Problem(.forbidden, rawValue, words)
        }
    }

    package static func missing(_ need: Endpoint.PageNeed, _ caller: Caller, at now: Instant) -> Missing? {
        guard need != .everybody else { return nil }
        guard case .user(let session) = caller else { return .login }
        if !session.isWhole { return .code }
        return need == .confirmed && !session.isConfirmed(at: now) ? .confirmation : nil
    }

    /// The header that gives a browser its cookie, until it is closed.
    package static func setCookie(_ text: String, _ publicURL: String) -> String {
        "\(cookie)=\(text); Path=/; HttpOnly; SameSite=Lax" + (publicURL.hasPrefix("https:") ? "; Secure" : "")
    }

    /// The token of forms. Whoever does not have the cookie cannot make it, and each log-in has another cookie.
    static func formToken(of cookie: String) -> String {
        Base64URL.encode(Array(mac(cookie)))
    }

    package static func isFormToken(_ text: String, of cookie: String) -> Bool {
        guard !cookie.isEmpty, let bytes = Base64URL.decode(text) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: words, using: key(cookie))
    }

    private static let words = Array("butik form".utf8)

    private static func key(_ cookie: String) -> SymmetricKey { SymmetricKey(data: Array(cookie.utf8)) }

    private static func mac(_ cookie: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: words, using: key(cookie))
    }

    /// What a page may load and where its forms may go: no script at all.
    /// - Parameter origin: another one that a form's answer redirects to, which browsers count as the form's own.
    package static func policy(formsTo origin: String? = nil) -> String {
        """
        default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'\(origin.map { " " + $0 } ?? ""); \
        frame-ancestors 'none'; base-uri 'none'
        """
    }
}
