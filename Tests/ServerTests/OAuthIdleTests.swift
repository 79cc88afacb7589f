import Basics
import Commerce
import Persistence
import Resources
import Secrets
import Support
import Testing

/// OAuth tokens that nobody uses (seed 000, "Token security"): a mail after 75 days, the end after 90.
@Suite struct OAuthIdleTests {
    private static let day: Int64 = 86_400

    /// A world whose token was used, and its text.
    private static func open() async throws -> (OAuthWorld, token: String) {
        let world = try await OAuthWorld.open(on: try await TestServer()) { $0.name = "Sko & Støvler" }
        let token = try await world.approve(world.request(world.seedQuery))["token"]
        try await use(token, world)
        return (world, token)
    }

    private static func use(_ token: String, _ world: OAuthWorld) async throws {
        #expect(try await world.status(token) == 200)
        try await world.server.handler.limiter.flush(to: world.server.storage)
    }

    private static func mails(_ world: OAuthWorld) async throws -> [(to: String, text: String)] {
        let rows = try await world.server.storage.fetch(
            "SELECT mail_id, recipient, text FROM mails WHERE webshop_id = 0 AND template = 'token_idle' ORDER BY mail_id"
        )
        return try rows.map { row in
            let (id, sealed): (Int64, String) = (try row["mail_id"], try row["text"])
            return (try row["recipient"], try world.server.keys.openText(sealed, as: SealedPlace("mails", id, "text")))
        }
    }

    @Test func `who let a client in is told on day 75, once, and the token ends on day 90`() async throws {
        let (world, token) = try await Self.open()
        world.server.clock.advance(seconds: 75 * Self.day - 1)
        try await world.work()
        #expect(try await Self.mails(world).isEmpty)
        world.server.clock.advance(seconds: 1)
        for _ in 0..<2 { try await world.work() }
        let mails = try await Self.mails(world)
        #expect(mails.count == 1)
        let mail = try #require(mails.first)
        #expect(mail.to.hasSuffix("@butik.test"))
        #expect(mail.text.contains("Regnskab") && mail.text.contains("Sko & Støvler"))
        #expect(mail.text.contains("2026-03-01") && mail.text.contains("2026-05-30"))
        #expect(try await world.shop.get("mail?limit=10").json["paging"]["total"] == 0)
        world.server.clock.advance(seconds: 15 * Self.day - 1)
        try await world.work()
        #expect(try await world.shop.get("token").json["tokens"].elements.count { $0["is_oauth"] == 1 } == 1)
        world.server.clock.advance(seconds: 1)
        try await world.work()
        #expect(try await world.status(token) == 401)
        #expect(try await Self.mails(world).count == 1)
        await world.server.stop()
    }

    @Test func `a call keeps the token, and when it lies idle again that is told again`() async throws {
        let (world, token) = try await Self.open()
        for round in 1...2 {
            world.server.clock.advance(seconds: 80 * Self.day)
            try await world.work()
            #expect(try await Self.mails(world).count == round)
            try await Self.use(token, world)
            world.server.clock.advance(seconds: 20 * Self.day)
            try await world.work()
            #expect(try await Self.mails(world).count == round)
            try await Self.use(token, world)
        }
        await world.server.stop()
    }

    @Test func `tokens made by hand stay, however long nobody uses them`() async throws {
        let (world, _) = try await Self.open()
        world.server.clock.advance(seconds: 400 * Self.day)
        try await world.work()
        #expect(try await Self.mails(world).isEmpty)
        #expect(try await world.status(world.shop.token(.read)) == 200)
        let left = try await world.server.storage.fetch("SELECT 1 FROM oauth_grants")
        #expect(left.isEmpty)
        await world.server.stop()
    }

    @Test func `two processes that look at once tell and revoke once`() async throws {
        let (world, token) = try await Self.open()
        world.server.clock.advance(seconds: 76 * Self.day)
        _ = try await together(4) { _ in try await world.look() }
        #expect(try await Self.mails(world).count == 1)
        world.server.clock.advance(seconds: 14 * Self.day)
        _ = try await together(4) { _ in try await world.look() }
        #expect(try await world.status(token) == 401)
        let ended = try await world.shop.get("event?resource=token&type=token.deleted&limit=10").json["events"].elements
        #expect(ended.count == 1)
        await world.server.stop()
    }

    @Test func `what is past its end is swept away, and what may come again is not`() async throws {
        let (world, _) = try await Self.open()
        let code = try await world.code()
        let tokens = try await world.redeem(code).json
        func count(_ table: String) async throws -> Int64 {
            try await world.server.storage.fetch("SELECT count(*) AS n FROM \(raw: table)")[0]["n"]
        }
        world.server.clock.advance(seconds: Self.day)
        try await world.work()
        #expect(try await count("oauth_codes") == 1)
        world.server.clock.advance(seconds: Self.day)
        try await world.work()
        #expect(try await count("oauth_codes") == 0)
        #expect(try await world.refresh(tokens["refresh_token"].text).status == 200)
        #expect(try await count("oauth_refresh_tokens") == 2)
        world.server.clock.advance(seconds: 91 * Self.day)
        try await world.work()
        #expect(try await count("oauth_refresh_tokens") == 0)
        await world.server.stop()
    }
}
