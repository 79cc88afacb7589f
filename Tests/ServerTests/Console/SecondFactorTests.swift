import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Codes beside the password.
@Suite struct SecondFactorTests {
    @Test func `codes are those of RFC 6238`() throws {
        // Appendix B, SHA-1, whose eight digits end in our six; the secret is 12345678901234567890.
        let totp = try #require(TOTP(base32: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
        for (second, code) in [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)] {
            #expect(totp.code(at: Instant(seconds: second)) == code)
        }
        #expect(totp.base32 == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        for text in ["", "A", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA"] {
            #expect(TOTP(base32: text) == nil)
        }
        let new = TOTP()
        #expect(TOTP(base32: new.base32)?.base32 == new.base32 && new.base32 != TOTP().base32)
    }

    @Test func `turned on, a password alone lets nobody in`() async throws {
        let server = try await TestServer()
        let (user, browser, totp, _) = try await turnedOn(server)
        server.clock.advance(seconds: 60)
        let other = Browser(server)
        let asked = try await other.logIn(user.email, TestUser.password, at: "/admin/account")
        #expect(asked.words.contains("Second factor") && !asked.words.contains("Where you are logged in"))
        #expect(try await other.get("/admin/shops").words.contains("Code of your app"))
        #expect(try await other.submit(asked, to: "/admin/code", ["code": "000000"]).status == 422)
        let before = other.cookies
        let page = try await other.submit(asked, to: "/admin/code", ["code": totp.code(at: server.clock.now)])
        #expect(page.words.contains("Where you are logged in") && other.cookies != before)
        #expect(try await browser.get("/admin/account").words.contains("On; 10 recovery codes are left."))
        await server.stop()
    }

    @Test func `no code is taken twice, however many come with it`() async throws {
        let server = try await TestServer()
        let (user, _, totp, codes) = try await turnedOn(server)
        for code in [totp.code(at: server.clock.now.adding(seconds: 60)), codes[0]] {
            server.clock.advance(seconds: 60)
            let browsers = [Browser(server), Browser(server), Browser(server)]
            var pages: [Reply] = []
            for browser in browsers { pages.append(try await browser.logIn(user.email, TestUser.password)) }
            let asked = pages
            let done = try await together(3) { index in
                try await browsers[index].submit(asked[index], to: "/admin/code", ["code": code], following: false)
                    .status
            }
            #expect(done.sorted() == [303, 422, 422])
        }
        await server.stop()
    }

    @Test func `a recovery code lets somebody in whose app is lost`() async throws {
        let server = try await TestServer()
        let (user, _, _, codes) = try await turnedOn(server)
        #expect(codes.count == 10 && Set(codes).count == 10)
        let browser = Browser(server)
        let asked = try await browser.logIn(user.email, TestUser.password, at: "/admin/account")
        let page = try await browser.submit(asked, to: "/admin/code", ["code": " \(codes[3].uppercased()) "])
        #expect(page.words.contains("9 recovery codes are left"))
        await server.stop()
    }

    @Test func `guessed codes are slowed down like passwords`() async throws {
        let server = try await TestServer()
        let (user, _, _, _) = try await turnedOn(server)
        let browser = Browser(server)
        let asked = try await browser.logIn(user.email, TestUser.password)
        var statuses: [Int] = []
        for code in 100_000..<100_006 {
            statuses.append(try await browser.submit(asked, to: "/admin/code", ["code": "\(code)"]).status)
        }
        #expect(statuses == [422, 422, 422, 422, 422, 429])
        await server.stop()
    }

    @Test func `whoever guesses at the password keeps nobody with a code out`() async throws {
        let server = try await TestServer()
        let (user, _, totp, _) = try await turnedOn(server)
        for round in 0..<9 {
            let reply = try await Browser(server).logIn(user.email, "wrong password \(round)")
            let wait = Int64(reply[header: "Retry-After"] ?? "0") ?? 0
            server.clock.advance(seconds: wait)
            if wait > 0 { _ = try await Browser(server).logIn(user.email, "wrong password") }
        }
        server.clock.advance(seconds: 900)
        let browser = Browser(server)
        let asked = try await browser.logIn(user.email, TestUser.password, at: "/admin/account")
        #expect(asked.words.contains("Second factor"))
        let page = try await browser.submit(asked, to: "/admin/code", ["code": totp.code(at: server.clock.now)])
        #expect(page.words.contains("Where you are logged in"))
        await server.stop()
    }

    @Test func `what changes it asks for the password first, and for the code where there is one`() async throws {
        let server = try await TestServer()
        let (_, browser, totp, _) = try await turnedOn(server)
        server.clock.advance(seconds: 601)
        let asked = try await browser.get("/admin/account/second-factor")
        #expect(asked.words.contains("Is it you?"))
        #expect(try await browser.submit(asked, to: "/admin/confirm", ["password": TestUser.password]).status == 422)
        let code = totp.code(at: server.clock.now)
        let shown = try await browser.submit(
            asked, to: "/admin/confirm", ["password": TestUser.password, "code": code])
        #expect(shown.words.contains("Add this secret to an app"))
        let account = try await browser.get("/admin/account")
        let off = try await browser.submit(account, to: "/admin/account/second-factor/off")
        #expect(off.words.contains("a password alone lets nobody in"))
        await server.stop()
    }

    @Test func `nobody who reads the database can make a code`() async throws {
        let server = try await TestServer()
        let (user, _, totp, codes) = try await turnedOn(server)
        let row = try await server.storage.fetch("SELECT totp_secret FROM users WHERE user_id = \(user.id)").first
        let stored: String = try #require(try row?["totp_secret"])
        #expect(!stored.isEmpty && !stored.contains(totp.base32))
        for row in try await server.storage.fetch("SELECT code_hash FROM recovery_codes") {
            let hash: String = try row["code_hash"]
            #expect(codes.allSatisfy { !hash.contains($0) })
        }
        await server.stop()
    }

    /// A user who has turned it on, and what they were shown.
    private func turnedOn(_ server: TestServer) async throws -> (TestUser, Browser, TOTP, [String]) {
        let user = try await TestUser.make(on: server)
        let browser = try await user.browser(server)
        let page = try await browser.get("/admin/account/second-factor")
        let secret = try #require(page.forms.last?.fields.first { $0.name == "secret" }?.value)
        let totp = try #require(TOTP(base32: secret))
        #expect(try await browser.submit(page, to: "/admin/account/second-factor", ["code": "12345"]).status == 422)
        let shown = try await browser.submit(
            page, to: "/admin/account/second-factor", ["code": totp.code(at: server.clock.now)])
        let codes = shown.text.components(separatedBy: "<li><code>").dropFirst().map { String($0.prefix(11)) }
        return (user, browser, totp, Array(codes))
    }
}
