import Basics
import Commerce
import Resources
import Server
import Support
import Testing

/// Authlib, a client that others wrote, against this server: all that it does with codes and tokens (`Tests/Fixtures/oauth.py`).
@Suite struct AuthlibTests {
    private static let redirect = "http://127.0.0.1:49152/callback"

    @Test(arguments: ["client_secret_basic", "client_secret_post", "none"])
    func `Authlib is let in, renews, is robbed, asks and revokes`(_ method: String) async throws {
        let world = try await OAuthWorld.open(isPublic: method == "none", redirectURIs: ["http://127.0.0.1/callback"])
        let arguments = ["http://127.0.0.1:\(world.server.port)", world.client.id, method, Self.redirect]
        let client = arguments + (world.client.secret.map { [$0.text] } ?? [])
        let asked = try Self.lines(await Python.run("oauth.py", ["ask"] + client))
        try #require(asked.count == 2)
        var input = ""
        for ask in asked {
            let url = Location(ask["url"].text)
            #expect(url.text.hasPrefix(TestServer.publicURL + "/oauth/authorize?") && url["state"] == ask["state"].text)
            let location = try await Self.consent(String(url.text.dropFirst(TestServer.publicURL.count)), world)
            let known: JSON = [
                "location": .string(location), "state": ask["state"], "verifier": ask["verifier"],
            ]
            input += known.serialized + "\n"
        }
        let said = try Self.lines(await Python.run("oauth.py", ["use"] + client, input: input))
        let shop = JSON.number(JSONNumber(world.shop.id))
        let isTold = method != "none"
        #expect(
            said == [
                [
                    "step": "code", "status": 200, "token_type": "Bearer", "scope": "write", "shop": shop,
                    "expires_in": 3600,
                ],
                ["step": "refresh", "status": 200, "is_new": true],
                ["step": "reuse", "error": "invalid_grant", "status": 401, "error_of_next": "invalid_grant"],
                ["step": "replay", "error": "invalid_grant"],
                // Who has no secret is told nothing of any token.
                ["step": "introspect", "status": isTold ? 200 : 401, "active": isTold ? true : .null],
                ["step": "revoke", "status": 200, "call": 401, "active": isTold ? false : .null],
            ])
    }

    /// What a user does in a browser who lets the client in, and where that is sent in the end.
    private static func consent(_ link: String, _ world: OAuthWorld) async throws -> String {
        let browser = try await TestUser.make(of: world.shop).browser(world.server)
        let asked = try await browser.get(link)
        #expect(asked.status == 303)
        let page = try await browser.get(asked[header: "Location"] ?? "")
        let choice = ["decision": "allow", "shop": "\(world.shop.id)", "level": "write"]
        let sent = try await browser.submit(page, to: page.forms.last?.action ?? "", choice, following: false)
        return try #require(sent[header: "Location"], "\(sent.text)")
    }

    private static func lines(_ text: String) throws -> [JSON] {
        try text.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }
}
