import Basics
import Foundation
import Resources
import Support
import Synchronization
import Testing

/// What was answered is there after the worst end (I14, I15).
@Suite struct CrashTests {
    @Test func `every order that was answered survives the kill of the server`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        let journal = Mutex<[Int64]>([])
        let killer = Task {
            // In the middle of the storm, when some hundred are through and sixteen are under way.
            try await eventually("three hundred orders") { journal.withLock { $0.count } >= 300 }
            try await serving.kill()
        }
        let asked = try await together(16) { _ in
            for number in 1...125 {
                let lines = (1...3).map { _ in TestShop.line(product) }
                guard let reply = try? await client.post("order", ["products": .array(lines)]), reply.status == 200
                else { return number }
                journal.withLock { $0.append(reply.json["order_id"].integer) }
            }
            return 125
        }
        try await killer.value
        let answered = journal.withLock { $0 }
        #expect(answered.count >= 300)
        #expect(asked.reduce(0, +) < 2000)

        let again = try await binary.serve()
        let orders = try await Self.orders(Client(token: client.token, port: again.port))
        let kept = Set(orders.map { $0["order_id"].integer })
        #expect(Set(answered).isSubset(of: kept))
        #expect(kept.count <= answered.count + 16)
        #expect(orders.allSatisfy { $0["products"].elements.count == 3 })
        let stock = try await Client(token: client.token, port: again.port).get("stock/\(product)").json
        #expect(stock["stock"][0]["count"].integer == 1_000_000 - 3 * Int64(kept.count))
        #expect(try await again.stop() == 0)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    private static func orders(_ client: Client) async throws -> [JSON] {
        var orders: [JSON] = []
        var page: [JSON] = []
        repeat {
            page = try await client.get("order?limit=500&offset=\(orders.count)&sort=order_id").json["orders"].elements
            orders += page
        } while page.count == 500
        return orders
    }

    @Test func `doctor finds what was changed behind the server's back`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        #expect(try await client.post("order", ["products": [TestShop.line(product)]]).status == 200)
        #expect(try await serving.stop() == 0)
        let storage = try await Engine.open(binary.database)
        try await storage.write { db in try db.script("UPDATE stock_levels SET count = count + 1;") }
        await storage.close()
        let ended = try await binary.run("doctor")
        #expect(ended.status == 1)
        let row = "shop 1, product \(product): stored 1000000, should be 999999"
        #expect(ended.output.contains("stock equals its ledger: \(row)"))
    }
}
