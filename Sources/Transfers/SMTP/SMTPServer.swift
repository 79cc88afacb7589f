package import Basics
import CCurl
import Outbound

/// The mail server that takes our mails (RFC 6409), as `BUTIK_SMTP_URL` names it: `smtp://user:password@host:587`, where the
/// connection must turn to TLS (RFC 3207), or `smtps://host`, where it begins with it (RFC 8314).
package struct SMTPServer: Sendable, CustomStringConvertible {
    enum Security: Sendable {
        case tls, startTLS, none
    }

    /// Why an address names no mail server. It has no password in it.
    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    let security: Security
    /// `mail.example.com:587`
    let authority: String
    private let user: String?
    private let password: String?
    private let caFile: String?
    private let limits: TransferLimits

    /// - Parameters:
    ///   - url: name and password percent-encoded; `?starttls=off` for a server without TLS.
    ///   - caFile: certificates (PEM) that are trusted in the place of the system's.
    package init(
        _ url: String, caFile: String? = nil, limits: TransferLimits = TransferLimits(connect: 10_000, inAll: 60_000)
    ) throws(Refused) {
        let (scheme, rest) = Self.cut(url, at: "://")
        guard let rest, scheme == "smtp" || scheme == "smtps" else {
            throw Refused(description: "must begin with smtp:// or smtps://")
        }
        let (place, query) = Self.cut(rest, at: "?")
        guard query == nil || (query == "starttls=off" && scheme == "smtp") else {
            throw Refused(
                description: "may end with ?starttls=off, where it begins with smtp://, and with nothing else")
        }
        security = scheme == "smtps" ? .tls : query == nil ? .startTLS : .none
        let (account, host) = Self.account(place)
        (user, password) = try Self.credentials(account)
        authority = try Self.authority(host, port: security == .tls ? 465 : 587)
        self.caFile = caFile
        self.limits = limits
        if security == .none, user != nil, !Self.isHere(authority) {
            throw Refused(description: "has a password that starttls=off would send for everybody to read")
        }
    }

    /// Whether nobody on the way can read along.
    package var isSecure: Bool { security != .none }

    /// The server without the account.
    package var description: String { (security == .tls ? "smtps://" : "smtp://") + authority }

    private static func cut(_ text: String, at mark: String) -> (String, String?) {
        guard let place = text.firstRange(of: mark) else { return (text, nil) }
        return (String(text[..<place.lowerBound]), String(text[place.upperBound...]))
    }

    private static func account(_ place: String) -> (account: String?, host: String) {
        guard let at = place.lastIndex(of: "@") else { return (nil, place) }
        return (String(place[..<at]), String(place[place.index(after: at)...]))
    }

    private static func credentials(_ account: String?) throws(Refused) -> (String?, String?) {
        guard let account else { return (nil, nil) }
        let parts = cut(account, at: ":")
        guard let user = PercentEncoding.decode(parts.0.utf8, plusIsSpace: false), !user.isEmpty,
            let password = parts.1.flatMap({ PercentEncoding.decode($0.utf8, plusIsSpace: false) }), !password.isEmpty
        else { throw Refused(description: "must have name:password before the @, percent-encoded") }
        return (user, password)
    }

    private static func authority(_ host: String, port: Int) throws(Refused) -> String {
        let host = host.hasSuffix("/") ? String(host.dropLast()) : host
        guard !host.contains("/"), let url = try? OutboundURL("https://" + host) else {
            throw Refused(description: "has no host, or more than host and port")
        }
        let name = url.host.contains(":") ? "[\(url.host)]" : url.host
        return "\(name):\(host.hasSuffix(":\(url.port)") ? url.port : port)"
    }

    private static func isHere(_ authority: String) -> Bool {
        ["localhost:", "127.0.0.1:", "[::1]:"].contains { authority.hasPrefix($0) }
    }

    // MARK: Delivery

    /// Hands a message over to the server.
    /// - Throws: `Undelivered`; `CancellationError`, after which nobody knows whether the server has it.
    package func deliver(_ message: [UInt8], from: MailAddress, to: MailAddress, by loop: TransferLoop) async throws {
        let outcome = try await loop.run(transfer(message, from: from, to: to))
        guard let undelivered = Undelivered(outcome) else { return }
        try Task.checkCancellation()
        throw undelivered
    }

    private func transfer(_ message: [UInt8], from: MailAddress, to: MailAddress) -> Transfer {
        var transfer = Transfer(description, schemes: "smtp,smtps", limits: limits, upload: message)
        transfer.options += [
            .number(CURLOPT_UPLOAD, 1), .text(CURLOPT_MAIL_FROM, from.text), .texts(CURLOPT_MAIL_RCPT, [to.text]),
            .number(CURLOPT_SSL_VERIFYPEER, 1), .number(CURLOPT_SSL_VERIFYHOST, 2),
            .number(CURLOPT_USE_SSL, security == .none ? Int(CURLUSESSL_NONE.rawValue) : Int(CURLUSESSL_ALL.rawValue)),
        ]
        // libcurl keeps a connection whose server never answered, and the next mail would wait in it too.
        transfer.options.append(.number(CURLOPT_FORBID_REUSE, 1))
        if let caFile { transfer.options.append(.text(CURLOPT_CAINFO, caFile)) }
        if let user, let password {
            transfer.options += [.text(CURLOPT_USERNAME, user), .text(CURLOPT_PASSWORD, password)]
        }
        return transfer
    }
}
