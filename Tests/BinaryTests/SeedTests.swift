import Foundation
import Resources
import Support
import Testing

/// `butik seed` and `butik import`, as the scripts call them.
@Suite struct SeedTests {
    private static let keys = [
        "BUTIK_URL", "BUTIK_USER", "BUTIK_PASSWORD", "BUTIK_TOKEN_READ", "BUTIK_TOKEN_WRITE", "BUTIK_TOKEN_ALL",
        "BUTIK_TOKEN_OTHER_SHOP", "BUTIK_APP_TOKEN", "BUTIK_OAUTH_CLIENT_ID", "BUTIK_OAUTH_CLIENT_SECRET",
    ]

    @Test func `the demo is seeded once, and its tokens open it`() async throws {
        let binary = try await Binary.fresh()
        let first = try await binary.succeed("seed", "demo")
        #expect(first.contains("products: 4998 new, 0 unchanged, 0 refused"))
        #expect(first.contains("categories: 4584 new, 0 unchanged"))
        let file = binary.data + "/demo.env"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let pairs = text.split(separator: "\n").map { line in
            line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        }
        #expect(pairs.map { String($0[0]) } == Self.keys)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let values = Dictionary(pairs.map { (String($0[0]), String($0[1])) }, uniquingKeysWith: { first, _ in first })
        #expect(values["BUTIK_USER"] == "merchant@example.com")
        #expect((values["BUTIK_PASSWORD"] ?? "").count == 20)
        let client = try #require(values["BUTIK_OAUTH_CLIENT_ID"])
        #expect(values["BUTIK_OAUTH_CLIENT_SECRET"]?.hasPrefix("butik_cs_") == true)
        #expect(values["BUTIK_APP_TOKEN"]?.hasPrefix("butik_app_") == true)
        #expect(try await binary.succeed("app", "list").contains("Demo app"))
        let clients = try await binary.succeed("app", "client", "list").split(separator: "\n")
        #expect(clients.count == 2 && clients[1].hasPrefix(client) && clients[1].contains("http://127.0.0.1/callback"))

        let before = try await Self.counts(binary, values)
        let second = try await binary.succeed("seed", "demo")
        #expect(second.contains("products: 0 new, 4998 unchanged, 0 refused"))
        #expect(second.contains("categories: 0 new, 4584 unchanged"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
        #expect(try await Self.counts(binary, values) == before)
        // The catalogue, four clothes in twelve variants each, socks, a cap and the bundle of both.
        #expect(before["product"] == 5005)
        #expect(before["stock"] == 5049)
        #expect(before["landing-page"] == 2)
        #expect(before["manufacturer"] == 2)
        #expect(before["order"] == 24)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    /// How many rows of each kind the demo's tokens see, and where the feed ends.
    private static func counts(_ binary: Binary, _ values: [String: String]) async throws -> [String: Int64] {
        let serving = try await binary.serve()
        let all = Client(token: values["BUTIK_TOKEN_ALL"] ?? "", port: serving.port)
        var counts: [String: Int64] = [:]
        for path in [
            "product", "category", "brand", "order", "customer", "shipping", "stock", "stock-entry", "token",
            "landing-page", "manufacturer",
        ] {
            counts[path] = try await all.get("\(path)?envelope=1&limit=0").json["paging"]["total"].integer
        }
        counts["event"] = try await all.get("event?limit=0").json["paging"]["total"].integer
        let other = Client(token: values["BUTIK_TOKEN_OTHER_SHOP"] ?? "", port: serving.port)
        counts["other category"] = try await other.get("category?envelope=1&limit=0").json["paging"]["total"].integer
        let reader = Client(token: values["BUTIK_TOKEN_READ"] ?? "", port: serving.port)
        #expect(try await reader.get("self").json["access_level"] == "read")
        let writer = Client(token: values["BUTIK_TOKEN_WRITE"] ?? "", port: serving.port)
        #expect(try await writer.get("self").json["access_level"] == "write")
        #expect(try await serving.stop() == 0)
        return counts
    }

    @Test func `an import tells what it did and ends with 1 where a row failed`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Test")
        let header =
            "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n"
        let file = Binary.folder() + ".csv"
        try (header + "1,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,Shirt\n,Men,Apparel,,,,,,,Nameless\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let dry = try await binary.run("import", "fashion-csv", file, "--shop", "1", "--dry-run")
        #expect(dry.status == 1)
        #expect(dry.output == "1 would be created, 0 would be updated, 0 unchanged, 1 refused\n")
        let ended = try await binary.run("import", "fashion-csv", file, "--shop", "1")
        #expect(ended.status == 1)
        #expect(ended.output == "1 created, 0 updated, 0 unchanged, 1 refused\n")
        #expect(ended.error.contains("record 2, column id: is empty\n"))
        let none = try await binary.run("import", "fashion-csv", "/nowhere.csv", "--shop", "1")
        #expect(none.status == 1)
        #expect(none.lastLine == "butik: /nowhere.csv cannot be read")
        let nowhere = try await binary.run("import", "fashion-csv", file, "--shop", "9")
        #expect(nowhere.lastLine == "butik: there is no shop 9")
    }

    @Test func `the bench seed makes what it is asked for`() async throws {
        let binary = try await Binary.fresh()
        let output = try await binary.succeed(
            "seed", "bench", "--products", "700", "--variants", "3", "--orders", "60", "--customers", "30")
        let token = try #require(output.split(separator: "\n").last?.split(separator: "=").last)
        let serving = try await binary.serve()
        let client = Client(token: String(token), port: serving.port)
        for (path, count) in [("product", 700), ("stock", 2100), ("order", 60), ("customer", 30)] as [(String, Int64)] {
            #expect(try await client.get("\(path)?limit=0").json["paging"]["total"].integer == count)
        }
        #expect(try await serving.stop() == 0)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }
}
