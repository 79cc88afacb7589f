import Basics
import Foundation
import Persistence
import Resources
import Support
import Testing

/// Servers that are killed while they tell webhooks of things lose nothing, and keep the order of each object. Two share the work where
/// two may (Postgres).
@Suite struct WebhookCrashTests {
    private static let kills = 20
    private static let ordersEach = 6

    @Test func `twenty kills: every event arrives, and of each object in its order`() async throws {
        let receiver = try await Receiver()
        receiver.answer("/crash", .init(200))
        let binary = try await Binary.fresh()
        let settings = ["BUTIK_OUTBOUND_ALLOW": receiver.host]
        let (first, client, product) = try await binary.openShop { try await binary.serve(settings: settings) }
        let body: JSON = [
            "url": .string("http://\(receiver.host)/crash"), "events": ["order_created", "paid", "new_status"],
        ]
        #expect(try await client.post("webhook", body).status == 200)
        let isShared = Engine.current == .postgres
        var servers = [first] + (isShared ? [try await binary.serve(settings: settings)] : [])
        var orders: [Int64] = []
        for kill in 0..<Self.kills {
            let victim = kill % servers.count
            let client = Client(token: client.token, port: servers[victim].port)
            for _ in 0..<Self.ordersEach { orders.append(try await Self.sell(product, client)) }
            let wanted = orders.count
            try await eventually("something of the last orders") { receiver.calls("/crash").count > wanted }
            try await servers[victim].kill()
            try await Self.endLeases(binary)
            servers[victim] = try await binary.serve(settings: settings)
        }
        let all = orders.flatMap { ["order_created \($0)", "paid \($0)", "new_status \($0)"] }
        try await eventually("every event", seconds: 120) { Self.told(receiver).isSuperset(of: all) }
        for serving in servers { #expect(try await serving.stop() == 0) }
        let firsts = Self.firsts(receiver)
        for order in orders {
            let places = try ["order_created", "paid", "new_status"].map { try #require(firsts["\($0) \(order)"]) }
            #expect(places == places.sorted(), "order \(order)")
        }
        #expect(Self.told(receiver).count == all.count)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        print("\(Self.kills) kills: \(receiver.calls("/crash").count) deliveries of \(all.count) events")
        await receiver.stop()
    }

    /// An order that is created, paid and moved on: three events of one object.
    private static func sell(_ product: Int64, _ client: Client) async throws -> Int64 {
        let line: JSON = ["product_id": .number(product), "amount": 1]
        let order = try await client.post("order", ["products": [line]]).json["order_id"].integer
        _ = try await client.put("order/\(order)", ["paid": 1])
        _ = try await client.put("order/\(order)", ["status": "ready"])
        return order
    }

    private static func name(_ call: Receiver.Call) -> String {
        "\(call.json["type"].text) \(call.json["data"]["order_id"].integer)"
    }

    private static func told(_ receiver: Receiver) -> Set<String> { Set(receiver.calls("/crash").map(name)) }

    /// Where each event came for the first time.
    private static func firsts(_ receiver: Receiver) -> [String: Int] {
        Dictionary(
            receiver.calls("/crash").enumerated().map { (name($1), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nobody waits half a minute here for what a killed server held.
    private static func endLeases(_ binary: Binary) async throws {
        guard Engine.current == .postgres else { return }
        let storage = try await Engine.open(binary.database)
        _ = try await storage.write { try $0.run("UPDATE queue SET due = 0 WHERE worker IS NOT NULL") }
        await storage.close()
    }
}
