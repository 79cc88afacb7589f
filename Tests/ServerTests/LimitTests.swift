import Basics
import Resources
import Support
import Testing

/// CONTRACT 4, "Limits": how much a client may send, and what it is told when it sends more.
@Suite struct LimitTests {
    private static let megabyte = 1_048_576

    /// A body of exactly so many bytes that makes a brand.
    private static func body(_ bytes: Int) -> [UInt8] {
        let frame = #"{"name":"A","padding":""}"#.utf8.count
        return Array(#"{"name":"A","padding":"\#(String(repeating: "x", count: bytes - frame))"}"#.utf8)
    }

    private func authorized(_ shop: TestShop, _ line: String) -> [String] {
        [line, "Authorization: Bearer \(shop.token(.all))", "Content-Type: application/json"]
    }

    @Test func `a body of a megabyte is taken and one more byte is 413`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.bytes("POST", "/REST/brand", Self.body(Self.megabyte)).status == 200)
        let reply = try await shop.bytes("POST", "/REST/brand", Self.body(Self.megabyte + 1))
        #expect(reply.status == 413)
        #expect(reply.code == "body_too_large")
        #expect(try await shop.get("brand").json["paging"]["total"] == 1)
    }

    @Test func `a batch may be larger`() async throws {
        let shop = try await TestShop.open()
        let text = JSON.string(String(repeating: "x", count: 200_000))
        let row: JSON = ["method": "POST", "body": ["name": "A", "description": text]]
        let reply = try await shop.post("brand/batch", .array(Array(repeating: row, count: 10)))
        #expect(reply.status == 200)
        #expect(reply.json["results"].elements.count == 10)
    }

    @Test func `a length that is too large is refused before the body comes`() async throws {
        let shop = try await TestShop.open()
        let head =
            authorized(shop, "POST /REST/brand HTTP/1.1") + [
                "Host: 127.0.0.1", "Connection: close", "Content-Length: 99999999999",
            ]
        let reply = try await HTTP.raw(
            Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8), port: shop.server.port)
        #expect(reply.status == 413)
    }

    @Test func `a body in chunks is counted as it comes`() async throws {
        let shop = try await TestShop.open()
        let head =
            authorized(shop, "POST /REST/brand HTTP/1.1") + [
                "Host: 127.0.0.1", "Connection: close", "Transfer-Encoding: chunked",
            ]
        func send(_ body: [UInt8]) async throws -> Reply {
            var bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
            for start in stride(from: 0, to: body.count, by: 65_536) {
                let part = body[start..<min(start + 65_536, body.count)]
                bytes += Array((String(part.count, radix: 16) + "\r\n").utf8) + part + [13, 10]
            }
            return try await HTTP.raw(bytes + Array("0\r\n\r\n".utf8), port: shop.server.port)
        }
        #expect(try await send(Self.body(200_000)).status == 200)
        #expect(try await send(Self.body(Self.megabyte + 1)).status == 413)
        #expect(try await shop.get("brand").json["paging"]["total"] == 1)
    }

    @Test func `an address over 8 KB is 414`() async throws {
        let shop = try await TestShop.open()
        let path = "/REST/product?name="
        let fits = try await shop.send("GET", path + String(repeating: "x", count: 8192 - path.count))
        #expect(fits.status == 200)
        let reply = try await shop.send("GET", path + String(repeating: "x", count: 8193 - path.count))
        #expect(reply.status == 414)
        #expect(reply.code == "uri_too_long")
    }

    @Test func `a header over 8 KB, or 32 KB of them, is 431`() async throws {
        let shop = try await TestShop.open()
        let name = "X-Padding"
        let fits = String(repeating: "x", count: 8192 - name.count)
        #expect(try await shop.get("product", headers: [name: fits]).status == 200)
        let one = try await shop.get("product", headers: [name: fits + "x"])
        #expect(one.status == 431)
        #expect(one.code == "headers_too_large")
        let many = Dictionary(uniqueKeysWithValues: (1...5).map { ("X-Padding-\($0)", String(fits.dropLast(4))) })
        #expect(try await shop.get("product", headers: many).status == 431)
    }

    @Test func `a header far over what is taken never reaches a handler`() async throws {
        let shop = try await TestShop.open()
        let lines =
            authorized(shop, "GET /REST/product HTTP/1.1") + ["X-Padding: " + String(repeating: "x", count: 200_000)]
        let reply = try? await HTTP.raw(lines, port: shop.server.port)
        #expect([nil, 0, 400, 431].contains(reply?.status))
        #expect(try await shop.get("product").status == 200)
    }

    @Test func `a document 32 deep is read and one deeper is not`() async throws {
        let shop = try await TestShop.open()
        func nested(_ depth: Int) -> [UInt8] {
            let opening = String(repeating: "[", count: depth - 1)
            let closing = String(repeating: "]", count: depth - 1)
            return Array(#"{"name":"A","padding":\#(opening)\#(closing)}"#.utf8)
        }
        #expect(try await shop.bytes("POST", "/REST/brand", nested(32)).status == 200)
        #expect(try await shop.bytes("POST", "/REST/brand", nested(33)).status == 400)
    }

    @Test func `a body that says it is not JSON is 415`() async throws {
        let shop = try await TestShop.open()
        for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
        {
            let reply = try await shop.bytes(
                "POST", "/REST/brand", Array(#"{"name":"A"}"#.utf8), headers: ["Content-Type": type])
            #expect(reply.status == 415, "\(type)")
            #expect(reply.code == "unsupported_type", "\(type)")
        }
        for type in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"] {
            let reply = try await shop.bytes(
                "POST", "/REST/brand", Array(#"{"name":"A"}"#.utf8), headers: ["Content-Type": type])
            #expect(reply.status == 200, "\(type)")
        }
    }

    @Test func `a body without a type is read as JSON, and no body at all is 400`() async throws {
        let shop = try await TestShop.open()
        let headers = ["Authorization": "Bearer \(shop.token(.all))"]
        let typeless = try await shop.anonymous("POST", "/REST/brand", Array(#"{"name":"A"}"#.utf8), headers: headers)
        #expect(typeless.status == 200)
        let empty = try await shop.anonymous("POST", "/REST/brand", headers: headers)
        #expect(empty.status == 400)
        #expect(empty.code == "body_missing")
    }

    @Test func `a client that waits for 100-continue is told to go on`() async throws {
        let shop = try await TestShop.open()
        let lines = authorized(shop, "POST /REST/brand HTTP/1.1") + ["Expect: 100-continue"]
        let reply = try await HTTP.raw(lines, body: Array(#"{"name":"A"}"#.utf8), port: shop.server.port)
        #expect(reply.status == 100)
        #expect(reply.text.contains("HTTP/1.1 200"))
    }

    @Test(arguments: [
        "GARBAGE", "GET", "GET /REST/product", "GET  /REST/product  HTTP/9.9", "\u{0}\u{1}\u{2}",
        "GET product HTTP/1.1",
        "GET /REST/product HTTP/1.1\r\nBad Header: x", "POST /REST/brand HTTP/1.1\r\nContent-Length: -5",
    ])
    func `a request that is no HTTP is refused and the server goes on`(_ text: String) async throws {
        let shop = try await TestShop.open()
        let reply = try? await HTTP.raw(Array((text + "\r\nConnection: close\r\n\r\n").utf8), port: shop.server.port)
        #expect((reply?.status ?? 0) < 500)
        #expect(reply?.status != 200)
        #expect(try await shop.get("product").status == 200)
    }
}
