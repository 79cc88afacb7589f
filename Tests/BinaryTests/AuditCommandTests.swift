import Persistence
import Resources
import Support
import Testing

/// What commands do to users is audited, in the shop's audit where it is about the shop.
@Suite struct AuditCommandTests {
    private static func rows(_ binary: Binary, ofShop shop: Int64) async throws -> [String] {
        let storage = try await Engine.open(binary.database)
        let rows = try await storage.fetch(
            """
            SELECT action, before, after, actor FROM audit WHERE resource = 'user' AND webshop_id = \(shop)
            ORDER BY audit_id
            """)
        await storage.close()
        #expect(rows.allSatisfy { $0.text(at: 3) == #"{"type":"job","id":null,"name":"command"}"# })
        return rows.map { row in
            let roles = [row.text(at: 1), row.text(at: 2)].map { text -> String in
                guard let text else { return "none" }
                return ["owner", "staff"].first { text.contains(#""role":"\#($0)""#) } ?? "known"
            }
            return "\(row.text(at: 0) ?? ""): \(roles[0]) to \(roles[1])"
        }
    }

    @Test func `each command about a user leaves a row, and one that changes nothing leaves none`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Shop")
        let (email, secret) = ("ann@butik.test", "a very long password\n")
        for arguments in [["create", email, "--shop", "1"], ["password", email]] {
            let ended = try await binary.run(["user"] + arguments + ["--password-stdin"], input: secret)
            #expect(ended.status == 0, "\(ended.error)")
        }
        try await binary.succeed("user", "create", "bo@butik.test", "--shop", "1")
        for role in ["staff", "staff", "none"] {
            try await binary.succeed("user", "role", email, "--shop", "1", "--role", role)
        }
        try await binary.succeed("user", "role", email, "--shop", "1", "--role", "owner")
        try await binary.succeed("user", "drop-second-factor", email)
        try await binary.succeed("user", "remove", email, "--yes")
        let ofShop = try await Self.rows(binary, ofShop: 1)
        #expect(
            ofShop == [
                "added: none to owner", "added: none to owner", "updated: owner to staff", "removed: staff to none",
                "added: none to owner", "removed: owner to none",
            ])
        let ofPlatform = try await Self.rows(binary, ofShop: Audit.platform)
        #expect(
            ofPlatform == [
                "created: none to known", "password_changed: known to known", "created: none to known",
                "second_factor_off: known to known", "deleted: known to none",
            ])
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }
}
