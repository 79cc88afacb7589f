import Commerce
import Mustache
package import Resources
import Synchronization

/// The console's pages: templates of mustache, which escape what they show, around one frame. They are read when the first page is
/// shown, since most servers of a cluster never show one.
package final class Pages: Sendable {
    /// A template that is missing or is none: a mistake of whoever built this.
    package struct Broken: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where the server is reached, without a slash at its end.
    let publicURL: String
    private let file: @Sendable (String) throws -> [UInt8]
    private let library = Mutex<MustacheLibrary?>(nil)

    /// - Parameter file: reads `frame.mustache`, and `style.css`.
    package init(publicURL: String, _ file: @escaping @Sendable (String) throws -> [UInt8]) {
        (self.publicURL, self.file) = (publicURL, file)
    }

    static let names = [
        "frame", "login", "code", "confirm", "forgot", "message", "reset", "invitation", "account", "second_factor",
        "recovery_codes", "problem", "shops", "consent", "shop", "wrongs", "tokens", "token_new", "token_made", "token",
        "users", "mails", "mail", "grants", "clients", "client_made", "health", "platform_mails", "audit",
        "webhooks", "webhook_fields", "webhook_new", "webhook_made", "webhook", "webhook_delivery",
    ]

    func style() throws -> [UInt8] { try file("style.css") }

    /// A page as HTML.
    func html(_ name: String, _ values: [String: Any]) throws -> [UInt8] {
        let library = try library.withLock { known in
            if let known { return known }
            var made = MustacheLibrary()
            for name in Self.names {
                try made.register(
                    MustacheTemplate(
                        string: HTMLText.pragma + String(decoding: try file(name + ".mustache"), as: UTF8.self)),
                    named: name
                )
            }
            known = made
            return made
        }
        guard let text = library.render(values, withTemplate: name) else {
            throw Broken(description: "there is no page \(name)")
        }
        return Array(text.utf8)
    }

    /// How a problem looks; where somebody has to log in first, the form for it in the place of the page that was asked for.
    /// - Parameter asked: the page to go to then.
    package func answer(
        _ problem: Problem, asked: String, isRead: Bool, cookie: String, requestID: String
    ) -> Answer {
        let missing = Visit.Missing(rawValue: problem.code)
        let values: [String: Any] = [
            "csrf": Visit.formToken(of: cookie), "next": asked, "title": "\(problem.kind.rawValue)",
            "detail": problem.detail, "request_id": requestID,
            "errors": problem.errors.map { ["field": String($0.pointer.dropFirst()), "message": $0.message] },
        ]
        let page =
            switch missing {
            case .login: "login"
            case .code: "code"
            case .confirmation: "confirm"
            case nil: "problem"
            }
        let status = missing != nil && isRead ? 200 : problem.kind.rawValue
        do {
            return .page(try html(page, values), status: status, headers: problem.headers)
        } catch {
            // The templates came with the binary; what is left is to say it without them.
            var plain = problem.answer(requestID: requestID)
            plain.headers = problem.headers
            return plain
        }
    }
}

extension Answer {
    static func page(
        _ html: [UInt8], status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> Answer {
        Answer(
            status: status, contentType: "text/html; charset=utf-8", body: html, headers: headers, isTagged: false)
    }
}
