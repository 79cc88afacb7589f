package import Commerce
import Resources

/// A user of a test's own, who logs in with a browser.
package struct TestUser: Sendable {
    package let id: Int64
    package let email: String
    package static let password = "en lang sætning om sko"

    /// Makes a user of a shop.
    package static func make(_ role: Role = .owner, of shop: TestShop) async throws -> TestUser {
        let (user, now) = (try await make(on: shop.server), shop.server.clock.now)
        try await shop.server.storage.write(changing: User.tables) { db in
            try Membership.set(role, of: user.id, in: shop.id, by: .command(at: now), db)
        }
        return user
    }

    package static func make(on server: TestServer, isPlatform: Bool = false) async throws -> TestUser {
        let email = "user\(UInt64.random(in: 0 ... .max))@shop.test"
        let now = server.clock.now
        let hash = try await LogIn(server.storage, server.services).hash(password)
        let id = try await server.storage.write(changing: User.tables) { db in
            try User.add(email, name: "Anna", hash: hash, isPlatform: isPlatform, by: .command(at: now), in: db)
        }
        return TestUser(id: id, email: email)
    }

    /// A browser that this user has logged in with.
    package func browser(_ server: TestServer) async throws -> Browser {
        let browser = Browser(server)
        _ = try await browser.logIn(email, Self.password)
        return browser
    }
}
