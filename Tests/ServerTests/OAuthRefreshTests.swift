import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Refresh tokens: each is used once, and who uses one twice ends all that came of it (RFC 9700 4.14.2).
@Suite struct OAuthRefreshTests {
    @Test func `a refresh token is exchanged for the next one and another access token`() async throws {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        let first = try await world.redeem(world.code(at: .read)).json
        let reply = try await world.refresh(first["refresh_token"].text)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.json["refresh_token"] != first["refresh_token"])
        #expect(reply.json["access_token"] != first["access_token"])
        #expect(reply.json["scope"] == "read" && reply.json["webshop_id"].integer == world.shop.id)
        // One token all the time, so that its log and its limits go on.
        let me = ["Authorization": "Bearer \(reply.json["access_token"].text)"]
        let shown = try await world.shop.anonymous("GET", "/REST/self", headers: me).json
        let tokens = try await world.shop.get("token").json["tokens"].elements.filter { $0["is_oauth"] == 1 }
        #expect(tokens.map { $0["token_id"].integer } == [shown["token_id"].integer])
        // Calls that are under way with the old text are not refused.
        #expect(try await world.status(first["access_token"].text) == 200)
        server.clock.advance(seconds: 31)
        #expect(try await world.status(first["access_token"].text) == 401)
        #expect(try await world.status(reply.json["access_token"].text) == 200)
        await server.stop()
    }

    @Test func `an access token has an hour, and its refresh token ninety days`() async throws {
        let server = try await TestServer()
        let world = try await OAuthWorld.open(on: server)
        let first = try await world.redeem(world.code()).json
        server.clock.advance(seconds: 3599)
        #expect(try await world.status(first["access_token"].text) == 200)
        server.clock.advance(seconds: 1)
        #expect(try await world.status(first["access_token"].text) == 401)
        server.clock.advance(seconds: 90 * 86_400 - 3601)
        let next = try await world.refresh(first["refresh_token"].text)
        #expect(next.status == 200)
        server.clock.advance(seconds: 90 * 86_400)
        #expect(try await world.refresh(next.json["refresh_token"].text).json["error"] == "invalid_grant")
        await server.stop()
    }

    @Test func `who brings a refresh token again ends the whole family`() async throws {
        let world = try await OAuthWorld.open()
        let first = try await world.redeem(world.code()).json
        let second = try await world.refresh(first["refresh_token"].text).json
        let third = try await world.refresh(second["refresh_token"].text).json
        #expect(try await world.status(third["access_token"].text) == 200)
        let again = try await world.refresh(first["refresh_token"].text)
        #expect((again.status, again.json["error"]) == (400, "invalid_grant"))
        for tokens in [first, second, third] {
            #expect(try await world.status(tokens["access_token"].text) == 401)
            #expect(try await world.refresh(tokens["refresh_token"].text).json["error"] == "invalid_grant")
        }
    }

    @Test func `of twenty who renew at once one does, and then nobody has anything`() async throws {
        let world = try await OAuthWorld.open()
        let first = try await world.redeem(world.code()).json
        let replies = try await together(20) { _ in try await world.refresh(first["refresh_token"].text) }
        let won = replies.filter { $0.status == 200 }
        #expect(won.count == 1 && replies.count { $0.json["error"] == "invalid_grant" } == 19)
        #expect(try await world.status(won.first?.json["access_token"].text ?? "") == 401)
    }

    @Test func `a refresh token is its client's, and ends with its consent`() async throws {
        let world = try await OAuthWorld.open()
        let other = try await OAuthWorld.open(on: world.server).client
        let first = try await world.redeem(world.code()).json
        let stolen = try await world.refresh(first["refresh_token"].text, as: other)
        #expect((stolen.status, stolen.json["error"]) == (400, "invalid_grant"))
        let access = try await world.refresh(first["access_token"].text)
        #expect((access.status, access.json["error"]) == (400, "invalid_grant"))
        // What was refused was not used.
        let second = try await world.refresh(first["refresh_token"].text).json
        let id = try await world.shop.get("token").json["tokens"].elements.first { $0["is_oauth"] == 1 }
        try await world.shop.delete("token/\(id?["token_id"].integer ?? 0)")
        #expect(try await world.refresh(second["refresh_token"].text).json["error"] == "invalid_grant")
    }

    @Test func `a client that is given less by now renews nothing that is more`() async throws {
        let world = try await OAuthWorld.open()
        let first = try await world.redeem(world.code(at: .write)).json
        func limit(_ level: String) async throws {
            try await world.server.storage.write { db in
                _ = try db.run("UPDATE oauth_clients SET max_level = \(level) WHERE client_id = \(world.client.id)")
            }
        }
        try await limit("read")
        #expect(try await world.refresh(first["refresh_token"].text).json["error"] == "invalid_grant")
        try await limit("write")
        #expect(try await world.refresh(first["refresh_token"].text).status == 200)
    }
}
