import Basics
import Commerce
import Foundation
import Persistence
import Resources
import Support
import Testing

/// A copy of the database alone lets nobody in (CONTRACT 8, "Access"; threat 10).
@Suite struct SecretSearchTests {
    @Test func `of all that lets somebody in nothing stands in the database as it is`() async throws {
        let (world, mails) = (try await MailWorld.open(), try await MailServer())
        let (server, shop) = (world.server, world.shop)
        var secrets = [TestUser.password]
        let user = try await TestUser.make(of: shop)
        let browser = try await user.browser(server)
        secrets.append(try #require(browser.cookies["butik_session"]))
        // A second factor, with what recovers it.
        let form = try await browser.get("/admin/account/second-factor")
        let secret = try #require(form.forms.last?.fields.first { $0.name == "secret" }?.value)
        let totp = try #require(TOTP(base32: secret))
        let codes = try await browser.submit(
            form, to: "/admin/account/second-factor", ["code": totp.code(at: server.clock.now)])
        secrets += [secret] + codes.text.components(separatedBy: "<li><code>").dropFirst().map { String($0.prefix(11)) }
        // Tokens: made at the console, turned to another, given to a program.
        let made = try await browser.submit(
            try await browser.get("/admin/tokens/new?shop=\(shop.id)"), to: "/admin/tokens/new",
            ["name": "Kasse", "access_level": "read"])
        secrets.append(text(behind: "<code class=\"secret\">", on: made))
        let consent = try await browser.get(
            "/admin/oauth/login?client_id=App&redirect_uri=https%3A%2F%2Fapp.example.com%2F&state=s")
        let given = try await browser.submit(
            consent, to: try #require(consent.forms.last?.action),
            ["decision": "allow", "shop": "\(shop.id)", "level": "read", "password": TestUser.password],
            following: false)
        secrets.append(text(behind: "token=", on: given[header: "Location"] ?? ""))
        let platform = try await TestUser.make(on: server, isPlatform: true).browser(server)
        let client = try await platform.submit(
            try await platform.get("/admin/clients"), to: "/admin/clients",
            ["name": "Kasse", "redirect_uris": "https://kasse.example/", "max_level": "read"])
        secrets.append(text(behind: "<dd><code class=\"secret\">butik_cs_", on: client))
        // Links of mails.
        _ = try await browser.submit(
            try await browser.get("/admin/users?shop=\(shop.id)"), to: "/admin/users/invite",
            ["email": "ny@kunde.test", "role": "staff"])
        let stranger = Browser(server)
        _ = try await stranger.submit(
            try await stranger.get("/admin/forgot"), to: "/admin/forgot", ["email": user.email])
        try await server.runner(Users.area.jobs).runDue()
        try await world.send(mails.url())
        secrets += try mails.taken.map { text(behind: "key=", on: $0["text"].text) }
        #expect(secrets.count > 16 && secrets.allSatisfy { $0.utf8.count >= 10 }, "\(secrets)")
        let stored = try await dump(server)
        #expect(stored.count > 100_000)
        for secret in secrets {
            #expect(stored.range(of: Data(secret.utf8)) == nil, "\(secret) stands in the database")
            let bytes = Data(secret.utf8).base64EncodedData()
            #expect(stored.range(of: bytes) == nil, "\(secret) stands in the database as base64")
        }
        await world.close()
    }

    private func text(behind mark: String, on page: Reply) -> String { text(behind: mark, on: page.text) }

    private func text(behind mark: String, on page: String) -> String {
        guard let start = page.range(of: mark)?.upperBound else { return "" }
        return String(page[start...].prefix { $0.isLetter || $0.isNumber || "_-".contains($0) })
    }

    /// All that is stored: the file and its log, or what Postgres gives out of it.
    private func dump(_ server: TestServer) async throws -> Data {
        guard server.databaseURL.hasPrefix("sqlite:") else {
            return Data(try Shell.run("pg_dump", [server.databaseURL]).utf8)
        }
        let path = String(server.databaseURL.dropFirst("sqlite:".count))
        return try ["", "-wal"].reduce(into: Data()) { data, suffix in
            data += try Data(contentsOf: URL(filePath: path + suffix))
        }
    }
}
