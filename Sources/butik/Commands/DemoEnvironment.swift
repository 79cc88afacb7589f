import Commerce
import Foundation
import Persistence
import Secrets
import Seeding

/// `demo.env`: where the demo is and how to get in (CONTRACT 3).
enum DemoEnvironment {
    static func write(
        _ file: String, _ storage: any Storage, _ settings: Settings, _ keys: Keyring, _ shops: DemoSeed.Shops,
        password: String
    ) async throws {
        let wanted: [(key: String, level: Token.Level, shop: Int64)] = [
            ("BUTIK_TOKEN_READ", .read, shops.first), ("BUTIK_TOKEN_WRITE", .write, shops.first),
            ("BUTIK_TOKEN_ALL", .all, shops.first), ("BUTIK_TOKEN_OTHER_SHOP", .all, shops.second),
        ]
        var lines = ["BUTIK_URL=\(settings.publicURL)", "BUTIK_USER=\(DemoSeed.email)", "BUTIK_PASSWORD=\(password)"]
        for (key, level, shop) in wanted {
            let token = try await storage.transact(
                inShop: shop, publicURL: settings.publicURL, at: SystemClock.now()
            ) { tx in try Token.issue("demo \(level.rawValue)", level: level, in: tx) }
            lines.append("\(key)=\(token.text)")
        }
        let client = try await client(in: storage)
        let app = try await storage.transact(
            inShop: shops.first, publicURL: settings.publicURL, at: SystemClock.now()
        ) { tx in try DemoApp.make(in: tx, keys: keys) }
        lines += [
            "BUTIK_APP_TOKEN=\(app)", "BUTIK_OAUTH_CLIENT_ID=\(client.id)",
            "BUTIK_OAUTH_CLIENT_SECRET=\(client.secret?.text ?? "")",
        ]
        try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
        let isMade = FileManager.default.createFile(
            atPath: file, contents: Data((lines.joined(separator: "\n") + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw Settings.Fault(description: "\(file) cannot be written") }
    }

    /// An OAuth client on the machine of whoever tries the demo, at any port of it.
    private static func client(in storage: any Storage) async throws -> OAuthClient.Registered {
        let draft = ClientDraft(name: "Demo client", redirectURIs: ["http://127.0.0.1/callback"], maxLevel: .all)
        return try await storage.write(changing: OAuthClient.tables) { db in
            try OAuthClient.register(draft, in: db, now: SystemClock.now())
        }
    }
}
