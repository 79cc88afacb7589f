import Compression
import Resources
import Support
import Testing

/// CONTRACT 4: request ids, compression and CORS, seen from the wire.
@Suite struct WireTests {
    // MARK: Request ids

    @Test func `every answer has a request id of its own, and problems name it`() async throws {
        let shop = try await TestShop.open()
        var ids: Set<String> = []
        for path in ["product", "product/1", "nothing", "product?limit=x"] {
            let reply = try await shop.get(path)
            let id = reply[header: "X-Request-Id"] ?? ""
            #expect(id.hasPrefix("req_") && id.count > 8, "\(path): \(id)")
            if reply.status != 200 { #expect(reply.json["request_id"].text == id, "\(path)") }
            ids.insert(id)
        }
        #expect(ids.count == 4)
    }

    @Test func `a client's request id comes back and stands in the events`() async throws {
        let shop = try await TestShop.open()
        let headers = ["X-Request-Id": "erp-42.a_B"]
        let reply = try await shop.post("brand", ["name": "Acme"], headers: headers)
        #expect(reply[header: "X-Request-Id"] == "erp-42.a_B")
        let events = try await shop.get("event?resource=brand").json["events"]
        #expect(events[0]["request_id"] == "erp-42.a_B")
        let missing = try await shop.get("product/1", headers: headers)
        #expect(missing.json["request_id"] == "erp-42.a_B")
    }

    @Test(arguments: ["a b", "<script>", "a\"b", "\u{e6}", String(repeating: "x", count: 129), "a;b=c"])
    func `a request id that is not safe in a log is replaced`(_ id: String) async throws {
        let shop = try await TestShop.open()
        let answered = try await shop.get("product", headers: ["X-Request-Id": id])[header: "X-Request-Id"] ?? ""
        #expect(answered.hasPrefix("req_"))
    }

    @Test func `an answer says what it is and is not to be guessed at`() async throws {
        let shop = try await TestShop.open()
        for path in ["product", "nothing"] {
            #expect(try await shop.get(path)[header: "X-Content-Type-Options"] == "nosniff")
        }
        #expect(try await shop.get("product")[header: "Content-Type"] == "application/json")
        #expect(try await shop.get("product")[header: "Cache-Control"] == "private, no-cache")
        #expect(try await shop.post("brand", ["name": "A"])[header: "Cache-Control"] == "no-store")
    }

    // MARK: Compression

    @Test func `a large answer is compressed for those who ask`() async throws {
        let shop = try await TestShop.open()
        for number in 1...3 { _ = try await shop.product("Shirt \(number)") }
        let plain = try await shop.get("product")
        #expect(plain.body.count > 1024)
        #expect(plain[header: "Content-Encoding"] == nil)
        for header in ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1"] {
            let packed = try await shop.get("product", headers: ["Accept-Encoding": header])
            #expect(packed[header: "Content-Encoding"] == "gzip", "\(header)")
            #expect(packed[header: "Content-Length"] == String(packed.body.count), "\(header)")
            #expect(packed[header: "Vary"]?.contains("Accept-Encoding") == true, "\(header)")
            #expect(packed.body.count < plain.body.count / 2, "\(header)")
            #expect(Gzip.decompress(packed.body, atMost: 1_048_576) == plain.body, "\(header)")
        }
        for header in ["deflate", "identity", "gzip;q=0", ""] {
            let reply = try await shop.get("product", headers: ["Accept-Encoding": header])
            #expect(reply.body == plain.body, "\(header)")
        }
    }

    @Test func `a small answer is not worth compressing`() async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.get("product", headers: ["Accept-Encoding": "gzip"])
        #expect(reply[header: "Content-Encoding"] == nil)
        #expect(reply.json["products"] == [])
    }

    @Test func `the tag of a compressed answer is its own, and both bring a 304 and a write`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt")
        let gzip = ["Accept-Encoding": "gzip"]
        let packed = try await shop.get("product/\(id)", headers: gzip)[header: "ETag"] ?? ""
        let plain = try await shop.get("product/\(id)")[header: "ETag"] ?? ""
        #expect(packed != plain)
        for tag in [packed, plain] {
            let headers = gzip.merging(["If-None-Match": tag]) { $1 }
            #expect(try await shop.get("product/\(id)", headers: headers).status == 304, "\(tag)")
        }
        #expect(try await shop.put("product/\(id)", ["name": "B"], headers: ["If-Match": packed]).status == 200)
    }

    // MARK: CORS

    @Test func `no origin is let in unless it is on a list`() async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.get("product", headers: ["Origin": "https://stranger.example"])
        #expect(reply.status == 200)
        #expect(reply[header: "Access-Control-Allow-Origin"] == nil)
        let preflight = try await shop.anonymous(
            "OPTIONS", "/REST/product",
            headers: ["Origin": "https://stranger.example", "Access-Control-Request-Method": "GET"])
        #expect(preflight.status == 200)
        #expect(preflight[header: "Access-Control-Allow-Origin"] == nil)
        #expect(preflight[header: "Access-Control-Allow-Methods"] == nil)
    }

    @Test func `an origin on the shop's list is let in, with its preflight`() async throws {
        let shop = try await TestShop.open()
        let origin = "https://front-\(shop.id).example"
        try await shop.put("shop", ["origins": [.string(origin)]])
        let reply = try await shop.get("product", headers: ["Origin": origin])
        #expect(reply[header: "Access-Control-Allow-Origin"] == origin)
        #expect(reply[header: "Vary"]?.contains("Origin") == true)
        #expect(reply[header: "Access-Control-Allow-Credentials"] == nil)
        let exposed = reply[header: "Access-Control-Expose-Headers"] ?? ""
        for name in ["ETag", "RateLimit", "Retry-After", "X-Request-Id"] { #expect(exposed.contains(name)) }
        let problem = try await shop.get("product/1", headers: ["Origin": origin])
        #expect(problem.status == 404)
        #expect(problem[header: "Access-Control-Allow-Origin"] == origin)
        let preflight = try await shop.anonymous(
            "OPTIONS", "/REST/product/1",
            headers: [
                "Origin": origin, "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
            ])
        #expect(preflight[header: "Access-Control-Allow-Origin"] == origin)
        #expect(preflight[header: "Access-Control-Allow-Methods"]?.contains("PUT") == true)
        let headers = preflight[header: "Access-Control-Allow-Headers"] ?? ""
        for name in ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Prefer"] {
            #expect(headers.contains(name), "\(name)")
        }
    }

    @Test func `an origin on a token's list is let in for that token and no other shop`() async throws {
        let shop = try await TestShop.open()
        let other = try await TestShop.open()
        let origin = "https://till-\(shop.id).example"
        let token = try await shop.post(
            "token", ["name": "till", "access_level": "read", "origins": [.string(origin)]]
        ).json["token"].text
        let headers = ["Origin": origin, "Authorization": "Bearer \(token)"]
        #expect(try await shop.get("product", headers: headers)[header: "Access-Control-Allow-Origin"] == origin)
        #expect(
            try await shop.get("product", headers: ["Origin": origin])[header: "Access-Control-Allow-Origin"] == nil)
        #expect(
            try await other.get("product", headers: ["Origin": origin])[header: "Access-Control-Allow-Origin"] == nil)
        for near in [origin + ".evil.example", origin.uppercased(), "null", "http" + origin.dropFirst(5)] {
            let reply = try await shop.get("product", headers: headers.merging(["Origin": near]) { $1 })
            #expect(reply[header: "Access-Control-Allow-Origin"] == nil, "\(near)")
        }
    }
}
