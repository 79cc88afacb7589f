import Basics
import Commerce
import Resources
import Support
import Testing

/// CONTRACT 8, "Access", "Token": how a token is changed, and given another text.
@Suite struct TokenRotationTests {
    private static func token(_ shop: TestShop, _ more: JSONObject = JSONObject()) async throws -> (
        id: Int64, text: String
    ) {
        var body = more
        body.append("name", "till")
        body.append("access_level", "read")
        let reply = try await shop.post("token", .object(body))
        #expect(reply.status == 200, "\(reply.text)")
        return (reply.json["token_id"].integer, reply.json["token"].text)
    }

    private static func status(_ shop: TestShop, _ text: String) async throws -> Int {
        try await shop.anonymous("GET", "/REST/self", headers: ["Authorization": "Bearer \(text)"]).status
    }

    // MARK: Changes

    @Test func `name, limits, origins, addresses and end of a token can be changed, and hold at once`() async throws {
        let shop = try await TestShop.open()
        let token = try await Self.token(shop)
        let reply = try await shop.put(
            "token/\(token.id)",
            [
                "name": "shop floor", "daily_limit": .null, "burst": 7, "origins": ["https://shop.example"],
                "ip_list": ["127.0.0.1", "10.0.0.0/8"], "expires": "2030-01-01 00:00:00",
            ])
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.json["name"] == "shop floor" && reply.json["daily_limit"] == .null && reply.json["burst"] == 7)
        #expect(reply.json["ip_list"] == ["127.0.0.1", "10.0.0.0/8"])
        #expect(!reply.text.contains(token.text))
        #expect(try await Self.status(shop, token.text) == 200)
        try await shop.put("token/\(token.id)", ["ip_list": ["10.0.0.0/8"]])
        #expect(try await Self.status(shop, token.text) == 401)
    }

    @Test func `a token keeps the level it was made with`() async throws {
        let shop = try await TestShop.open()
        let token = try await Self.token(shop)
        let reply = try await shop.put("token/\(token.id)", ["access_level": "all"])
        #expect((reply.status, reply.pointers) == (422, ["/access_level"]))
        // What was read can be sent back.
        let shown = try await shop.get("token/\(token.id)").json
        #expect(try await shop.put("token/\(token.id)", shown).status == 200)
    }

    @Test func `addresses and origins that are none are refused, made or changed`() async throws {
        let shop = try await TestShop.open()
        let wrong: JSON = [
            "name": "x", "access_level": "read", "ip_list": ["10.0.0.1", "10.0.0.0/33"], "origins": ["x"],
        ]
        let reply = try await shop.post("token", wrong)
        #expect((reply.status, reply.pointers) == (422, ["/origins/0", "/ip_list/1"]))
        let token = try await Self.token(shop)
        #expect(try await shop.put("token/\(token.id)", ["ip_list": ["localhost"]]).pointers == ["/ip_list/0"])
    }

    // MARK: Rotation

    @Test func `a rotated token has another text, and the old one works until the overlap has passed`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let token = try await Self.token(shop)
        let reply = try await shop.post("token/\(token.id)/rotate", ["overlap_seconds": 60])
        let text = reply.json["token"].text
        #expect(reply.status == 200 && reply.json["token_id"].integer == token.id)
        #expect(text.hasPrefix("butik_pat_") && text != token.text && reply.json["last_four"].text == text.suffix(4))
        for one in [token.text, text] { #expect(try await Self.status(shop, one) == 200) }
        server.clock.advance(seconds: 59)
        for one in [token.text, text] { #expect(try await Self.status(shop, one) == 200) }
        server.clock.advance(seconds: 1)
        #expect(try await Self.status(shop, token.text) == 401)
        #expect(try await Self.status(shop, text) == 200)
        await server.stop()
    }

    @Test func `without an overlap the old text ends at once`() async throws {
        let shop = try await TestShop.open()
        let token = try await Self.token(shop)
        #expect(try await Self.status(shop, token.text) == 200)
        let text = try await shop.send("POST", "/REST/token/\(token.id)/rotate").json["token"].text
        #expect(try await Self.status(shop, token.text) == 401)
        #expect(try await Self.status(shop, text) == 200)
    }

    @Test func `a second rotation lets no older text live longer`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let token = try await Self.token(shop)
        var texts = [token.text]
        for overlap in [10, 1000] as [JSON] {
            texts.append(
                try await shop.post("token/\(token.id)/rotate", ["overlap_seconds": overlap]).json["token"].text)
        }
        server.clock.advance(seconds: 11)
        var statuses: [Int] = []
        for text in texts { statuses.append(try await Self.status(shop, text)) }
        #expect(statuses == [401, 200, 200])
        try await shop.delete("token/\(token.id)")
        for text in texts { #expect(try await Self.status(shop, text) == 401) }
        await server.stop()
    }

    @Test func `a token of 32 hex digits stays one`() async throws {
        let shop = try await TestShop.open()
        let token = try await Self.token(shop, JSONObject([.init("format", "hex32")]))
        let text = try await shop.post("token/\(token.id)/rotate", [:]).json["token"].text
        #expect(text.utf8.count == 32 && text != token.text)
    }

    @Test func `what cannot be rotated is told, and a trial leaves the text as it is`() async throws {
        let shop = try await TestShop.open()
        let token = try await Self.token(shop)
        for overlap in [-1, 604_801, "soon"] as [JSON] {
            let reply = try await shop.post("token/\(token.id)/rotate", ["overlap_seconds": overlap])
            #expect((reply.status, reply.pointers) == (422, ["/overlap_seconds"]))
        }
        let trial = try await shop.post("token/\(token.id)/rotate", [:], headers: ["Prefer": "dry-run"])
        #expect(trial.json["token"] == .null)
        #expect(try await Self.status(shop, token.text) == 200)
        let key = ["Idempotency-Key": "rotate-once"]
        #expect(try await shop.post("token/\(token.id)/rotate", [:], headers: key).status == 200)
        #expect(try await shop.post("token/\(token.id)/rotate", [:], headers: key).code == "answered_once")
        try await shop.delete("token/\(token.id)")
        #expect(try await shop.post("token/\(token.id)/rotate", [:]).status == 410)
        #expect(try await shop.post("token/999999999/rotate", [:]).status == 404)
    }
}
