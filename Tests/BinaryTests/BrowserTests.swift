import Foundation
import Testing

/// The console in a real browser: flows of `Tests/Browser`, each a test here, and every page of `Tests/Browser/pages.txt`.
@Suite struct BrowserTests {
    @Test(arguments: ["seed", "seed without script"])
    func `a program that nobody registered is let in as the seed says, and lists products`(_ flow: String)
        async throws
    {
        try await BrowserRun.expect(flow)
    }

    @Test func `a registered program gets a code, then tokens, renews and revokes them`() async throws {
        try await BrowserRun.expect("oauth")
    }

    @Test func `a browser takes the answer to a program only where the page names it`() async throws {
        try await BrowserRun.expect("form-action")
    }

    @Test(arguments: ["framed", "forged"])
    func `another site gets nothing with the browser of a user`(_ flow: String) async throws {
        try await BrowserRun.expect(flow)
    }

    @Test func `a second factor is turned on, asked for, replaced by a recovery code, and turned off`() async throws {
        try await BrowserRun.expect("second factor")
    }

    @Test func `who is asked for the password once more goes on with it`() async throws {
        try await BrowserRun.expect("confirm")
    }

    @Test func `sessions are ended by hand, and by a new password`() async throws {
        try await BrowserRun.expect("sessions")
    }

    @Test func `after the log-out the Back button shows nothing`() async throws {
        try await BrowserRun.expect("log-out")
    }

    @Test func `a forgotten password is replaced by the link of a mail, once`() async throws {
        try await BrowserRun.expect("forgotten password")
    }

    @Test func `who is invited by mail comes in`() async throws {
        try await BrowserRun.expect("invitation")
    }

    @Test func `an owner makes a token, sees its use, limits and revokes it`() async throws {
        try await BrowserRun.expect("token")
    }

    @Test func `an owner reads a mail of the shop`() async throws {
        try await BrowserRun.expect("mail")
    }

    @Test func `an owner makes a webhook, tries it out, changes and removes it`() async throws {
        try await BrowserRun.expect("webhook")
    }

    @Test func `who looks after the server registers a program`() async throws {
        try await BrowserRun.expect("client")
    }

    @Test(arguments: try BrowserRun.pages())
    func `a page is for everybody: rules, keyboard, light and dark, a phone`(_ page: String) async throws {
        try await BrowserRun.expect(page)
    }

    @Test func `every page was looked at in the browser, and every flow is a test`() async throws {
        let told = try await BrowserRun.told()
        let looked = Set(told.values.flatMap(\.looks))
        #expect(try BrowserRun.templates().subtracting(looked) == [], "these need a line in Tests/Browser/pages.txt")
        #expect(try looked.subtracting(BrowserRun.templates()) == [])
        #expect(Set(told.keys) == BrowserRun.expected.union(try BrowserRun.pages()))
    }
}
