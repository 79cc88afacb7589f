import Foundation
import Synchronization

/// A browser of a test's own: it keeps cookies, fills in forms as they stand on a page, and follows what forms answer.
package final class Browser: Sendable {
    private let port: Int
    private let jar = Mutex<[String: String]>([:])
    private let headers: [String: String]

    package init(_ server: TestServer, headers: [String: String] = [:]) {
        port = server.port
        let address = "10.\(Int.random(in: 0...255)).\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"
        self.headers = ["X-Forwarded-For": address].merging(headers) { $1 }
    }

    package var cookies: [String: String] { jar.withLock { $0 } }

    package func set(_ cookie: String, to value: String?) { jar.withLock { $0[cookie] = value } }

    package func get(_ path: String) async throws -> Reply { try await send("GET", path) }

    /// Sends a request with its cookies and keeps those it is given; follows nothing.
    package func send(
        _ method: String, _ path: String, form: [(String, String)] = [], headers more: [String: String] = [:]
    ) async throws -> Reply {
        var all = headers.merging(more) { $1 }
        let cookies = jar.withLock { $0 }
        if !cookies.isEmpty { all["Cookie"] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ") }
        if method == "POST" { all["Content-Type"] = all["Content-Type"] ?? "application/x-www-form-urlencoded" }
        let body = form.map { Self.encoded($0) + "=" + Self.encoded($1) }.joined(separator: "&")
        let reply = try await HTTP.send(method, path, body: Array(body.utf8), headers: all, port: port)
        for (name, value) in reply.headers where name.lowercased() == "set-cookie" {
            let pair = value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            if let name = pair.first, let value = pair.dropFirst().first { set(String(name), to: String(value)) }
        }
        return reply
    }

    /// Fills in a page's form and goes where its answer leads.
    /// - Parameter action: which of the page's forms.
    package func submit(
        _ page: Reply, to action: String, _ values: [String: String] = [:], following: Bool = true
    ) async throws -> Reply {
        guard let form = page.forms.first(where: { $0.action == action && $0.isPosted }) else {
            throw NeverHappened(description: "a form to \(action) on this page: \(page.text)")
        }
        var fields = form.fields.filter { values[$0.name] == nil }.map { ($0.name, $0.value) }
        fields += values.map { ($0.key, $0.value) }
        var reply = try await send("POST", action, form: fields)
        while following, reply.status == 303, let location = reply[header: "Location"], location.hasPrefix("/") {
            reply = try await get(location)
        }
        return reply
    }

    package func logIn(_ email: String, _ password: String, at path: String = "/admin") async throws -> Reply {
        try await submit(try await get(path), to: "/admin/login", ["email": email, "password": password])
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

extension Reply {
    package struct Form: Sendable {
        package let action: String
        package let isPosted: Bool
        package let fields: [(name: String, value: String)]
    }

    /// The forms of a page with their fields as they stand.
    package var forms: [Form] {
        text.components(separatedBy: "<form").dropFirst().map { rest in
            let form = rest.components(separatedBy: "</form>").first ?? ""
            let fields = form.components(separatedBy: "<input").dropFirst().compactMap { rest -> (String, String)? in
                let tag = String(rest.prefix { $0 != ">" })
                let type = Self.attribute("type", of: tag)
                // Of choices none is sent but what stands there chosen, or a test chooses.
                guard type != "radio" && type != "checkbox" || tag.contains(" checked") else { return nil }
                return Self.attribute("name", of: tag).map { ($0, Self.attribute("value", of: tag) ?? "") }
            }
            let tag = String(form.prefix { $0 != ">" })
            return Form(
                action: Self.attribute("action", of: tag) ?? "", isPosted: Self.attribute("method", of: tag) == "post",
                fields: fields)
        }
    }

    /// What stands on a page, without its tags.
    package var words: String {
        var (words, isTag) = ("", false)
        for character in text {
            switch character {
            case "<": isTag = true
            case ">": isTag = false
            default: if !isTag { words.append(character) }
            }
        }
        return Self.unescaped(words)
    }

    private static func attribute(_ name: String, of tag: String) -> String? {
        guard let start = tag.range(of: " \(name)=\"")?.upperBound else { return nil }
        return unescaped(String(tag[start...].prefix { $0 != "\"" }))
    }

    private static func unescaped(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
