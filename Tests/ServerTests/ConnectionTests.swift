import Commerce
import Exchange
import Resources
import Support
import Testing

/// What RFC 9110 and 9112 say about connections (CONTRACT 8, "Everywhere").
@Suite struct ConnectionTests {
    /// Sends lines as they are and reads until the server hangs up.
    private static func raw(_ lines: [String], body: String = "") async throws -> Reply {
        let server = try await TestServer.shared
        let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        return try await HTTP.raw(Array(text.utf8), port: server.port)
    }

    /// A problem with an id, and the end of the connection.
    private static func expectRefused(_ reply: Reply, _ status: Int, _ code: String, _ what: String) {
        #expect(reply.status == status, "\(what): \(reply.text)")
        #expect(reply.code == code, "\(what)")
        #expect(reply[header: "Content-Type"] == "application/problem+json", "\(what)")
        #expect(reply[header: "X-Request-Id"]?.isEmpty == false, "\(what)")
        #expect(reply[header: "X-Request-Id"] == reply.json["request_id"].text, "\(what)")
        #expect(reply[header: "Connection"] == "close", "\(what)")
    }

    // MARK: Host

    @Test(arguments: [
        [], ["a", "a"], ["a", "b"], ["a b"], ["u:p@h"], [""], ["a:b"], ["a:123456"], ["[::1"], ["[]"], ["[::1]x"],
        ["a/b"], ["a?b"], ["::1"],
    ])
    func `HTTP 1_1 without exactly one valid Host is refused`(_ hosts: [String]) async throws {
        let reply = try await Self.raw(["GET /livez HTTP/1.1"] + hosts.map { "Host: " + $0 })
        Self.expectRefused(reply, 400, "host", "\(hosts)")
    }

    @Test(arguments: ["shop.example", "shop.example:8080", "SHOP", "127.0.0.1", "[::1]", "[::1]:80", "a_b.example:"])
    func `a name or an address, and perhaps a port, is a Host`(_ host: String) async throws {
        let reply = try await Self.raw(["GET /livez HTTP/1.1", "hOST: " + host, "Connection: close"])
        #expect(reply.status == 200)
    }

    // MARK: The end of a connection

    @Test(arguments: ["close", "Close", "CLOSE", "Close, x", "x ,\tclose", "keep-alive, close"])
    func `close is obeyed in any letter case and in lists`(_ value: String) async throws {
        let reply = try await Self.raw(["GET /livez HTTP/1.1", "Host: a", "Connection: " + value])
        #expect(reply.status == 200)
        #expect(reply[header: "Connection"] == "close")
        #expect(reply.text == "ok\n")
    }

    @Test func `what comes behind the last request is not answered`() async throws {
        let last = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let reply = try await Self.raw([last + "GET /readyz HTTP/1.1", "Host: a"])
        #expect(reply.status == 200)
        #expect(reply.text == "ok\n")
    }

    @Test func `requests in one piece are answered in their order`() async throws {
        let many = (1...30).map { "GET /nothing/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        let reply = try await Self.raw([many + "GET /livez HTTP/1.1", "Host: a", "Connection: close"])
        let paths = reply.text.matches(of: /nothing at \/nothing\/(\d+)/).compactMap { Int($0.1) }
        #expect(paths == Array(1...30))
        #expect(reply.text.hasSuffix("ok\n"))
    }

    @Test(arguments: ["GET", "HEAD"])
    func `what has not changed leaves the connection open`(_ method: String) async throws {
        let shop = try await TestShop.open()
        let path = "/REST/product/\(try await shop.product())"
        let token = "Authorization: Bearer \(shop.token(.read))"
        let tag = try #require(try await shop.send("GET", path)[header: "ETag"])
        let first = ["\(method) \(path) HTTP/1.1", "Host: a", token, "If-None-Match: \(tag)", "\r\n"]
        let last = "GET /livez HTTP/1.1"
        let reply = try await Self.raw([first.joined(separator: "\r\n") + last, "Host: a", "Connection: close"])
        #expect(reply.status == 304)
        #expect(reply[header: "Connection"] == nil)
        #expect(reply.text.hasSuffix("ok\n"))
    }

    @Test func `HEAD of an export has no body and leaves the connection open`() async throws {
        let shop = try await TestShop.open()
        let head = [
            "HEAD /REST/export/products.jsonl HTTP/1.1", "Host: a", "Authorization: Bearer \(shop.token(.read))",
        ]
        let first = (head + ["", ""]).joined(separator: "\r\n")
        let reply = try await Self.raw([first + "GET /livez HTTP/1.1", "Host: a", "Connection: close"])
        #expect(reply.status == 200)
        #expect(reply[header: "Content-Type"] == ExportFormat.butikJSONL.contentType)
        #expect(reply[header: "Transfer-Encoding"] == nil)
        #expect(reply[header: "Connection"] == nil)
        #expect(reply.text.hasPrefix("HTTP/1.1 200 OK"))
        #expect(reply.text.hasSuffix("ok\n"))
    }

    // MARK: HTTP/1.0

    @Test func `HTTP 1_0 needs no Host and is closed`() async throws {
        let reply = try await Self.raw(["GET /livez HTTP/1.0"])
        #expect(reply.status == 200)
        #expect(reply[header: "Connection"] == "close")
        Self.expectRefused(try await Self.raw(["GET /livez HTTP/1.0", "Host: a", "Host: b"]), 400, "host", "two")
    }

    @Test func `HTTP 1_0 is kept alive where it asks for that`() async throws {
        let first = "GET /nothing HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"
        let reply = try await Self.raw([first + "GET /livez HTTP/1.0"])
        #expect(reply.status == 404)
        #expect(reply[header: "Connection"] == "keep-alive")
        #expect(reply.text.hasSuffix("ok\n"))
    }

    @Test func `HTTP 1_0 gets no chunks, and an export ends with its connection`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Lamp")
        let reply = try await Self.raw([
            "GET /REST/export/products.jsonl HTTP/1.0", "Authorization: Bearer \(shop.token(.read))",
            "Connection: keep-alive",
        ])
        #expect(reply.status == 200)
        #expect(reply[header: "Transfer-Encoding"] == nil)
        #expect(reply[header: "Connection"] == "close")
        #expect(reply.text == (try await shop.get("export/products.jsonl").text))
    }

    // MARK: Expect

    @Test(arguments: ["x", "100-continue, x", "200-ok"])
    func `an expectation that nobody can meet is 417`(_ wish: String) async throws {
        let lines = ["GET /livez HTTP/1.1", "Host: a", "Connection: close", "Expect: " + wish]
        Self.expectRefused(try await Self.raw(lines), 417, "expect", wish)
    }

    @Test func `nobody is told to go on who is refused`() async throws {
        let shop = try await TestShop.open()
        func wait(_ line: String, _ token: String, length: String = "10") async throws -> Reply {
            try await Self.raw([
                line + " HTTP/1.1", "Host: a", "Authorization: Bearer \(token)", "Content-Type: application/json",
                "Content-Length: " + length, "Expect: 100-Continue",
            ])
        }
        let write = shop.token(.write)
        Self.expectRefused(try await wait("POST /REST/brand", "nobody"), 401, "unauthenticated", "401")
        Self.expectRefused(try await wait("POST /REST/brand", shop.token(.read)), 403, "level", "403")
        Self.expectRefused(try await wait("POST /REST/nothing", write), 404, "no_such_route", "404")
        Self.expectRefused(try await wait("PUT /REST/brand", write), 405, "method", "405")
        Self.expectRefused(
            try await wait("POST /REST/brand", write, length: "2000000"), 413, "body_too_large", "413")
    }

    @Test func `HTTP 1_0 is never told to go on`() async throws {
        let shop = try await TestShop.open()
        let reply = try await Self.raw(
            [
                "POST /REST/brand HTTP/1.0", "Authorization: Bearer \(shop.token(.write))",
                "Content-Type: application/json", "Content-Length: 12", "Expect: 100-continue",
            ], body: #"{"name":"A"}"#)
        #expect(reply.status == 200)
        #expect(reply.json["name"] == "A")
    }

    // MARK: What is no request

    @Test func `OPTIONS of the server as a whole is answered`() async throws {
        let reply = try await Self.raw(["OPTIONS * HTTP/1.1", "Host: a", "Connection: close"])
        #expect(reply.status == 200)
        #expect(reply[header: "Allow"] == "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS")
    }

    @Test(arguments: [
        "BREW /pot HTTP/1.1", "get /livez HTTP/1.1", "GET /livez HTTP/9.9", "GARBAGE",
        "GET /livez HTTP/1.1\r\nHost: a\r\nBad Header: x",
        "POST /REST/brand HTTP/1.1\r\nHost: a\r\nContent-Length: -5",
        "POST /REST/brand HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
        "POST /REST/brand HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6",
        "GET /livez HTTP/1.1\r\nHost: a\r\n folded: x\u{1}",
    ])
    func `what the parser refuses is a problem with an id, and the end`(_ text: String) async throws {
        let isMethod = ["BREW", "get", "GARBAGE"].contains { text.hasPrefix($0) }
        Self.expectRefused(try await Self.raw([text]), 400, isMethod ? "method_unknown" : "http", text)
    }

    @Test(arguments: ["gzip, chunked", "gzip\r\nTransfer-Encoding: chunked", "x, chunked"])
    func `a body in a transfer coding that nobody here knows is 501 and the end`(_ coding: String) async throws {
        let lines = ["POST /REST/brand HTTP/1.1", "Host: a", "Transfer-Encoding: \(coding)"]
        let reply = try await Self.raw(lines, body: "2\r\n{}\r\n0\r\n\r\n")
        Self.expectRefused(reply, 501, "transfer_encoding", coding)
    }

    @Test func `a body in chunks is read however the word is spelt`() async throws {
        let shop = try await TestShop.open()
        let reply = try await Self.raw(
            [
                "POST /REST/brand HTTP/1.1", "Host: a", "Authorization: Bearer \(shop.token(.write))",
                "Content-Type: application/json", "Transfer-Encoding: Chunked", "Connection: close",
            ], body: "c\r\n{\"name\":\"A\"}\r\n0\r\n\r\n")
        #expect(reply.status == 200)
        #expect(reply.json["name"] == "A")
    }

    @Test func `a head beyond all bounds is 431 and the end`() async throws {
        let long = String(repeating: "x", count: 200_000)
        Self.expectRefused(
            try await Self.raw(["GET /livez HTTP/1.1", "Host: a", "X-Padding: " + long]), 431, "headers_too_large",
            "one")
    }

    @Test func `a request that is refused waits for the answers before it`() async throws {
        let good = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        let reply = try await Self.raw([good + good + "BREW /pot HTTP/1.1"])
        #expect(reply.status == 200)
        #expect(reply.text.contains("method_unknown"))
        #expect(reply.text.matches(of: /HTTP\/1.1 200/).count == 1)
    }

    @Test func `a body whose chunks are none is 400 and the end`() async throws {
        let shop = try await TestShop.open()
        let reply = try await Self.raw(
            [
                "POST /REST/brand HTTP/1.1", "Host: a", "Authorization: Bearer \(shop.token(.write))",
                "Content-Type: application/json", "Transfer-Encoding: chunked",
            ], body: "5\r\n{\"nam\r\nzzz\r\n")
        Self.expectRefused(reply, 400, "body_framing", "chunks")
    }
}
