import Basics
import Resources
import Support
import Testing

/// What names a row, against the deletion of that row, at once: whatever comes of it must be what comes of one after the
/// other. So a guard that says no says it always, and nothing names what a delete took along. Generated from what the
/// resources declare, and from the guards that are made by hand.
@Suite struct ReferenceRaceTests {
    /// What a race came to.
    private struct Outcome: Hashable, CustomStringConvertible {
        let written: Int
        let deleted: Int
        /// What the row shows afterwards; nil where there is none.
        let names: Bool?

        var description: String {
            "write \(written), delete \(deleted), \(names.map { $0 ? "named" : "not named" } ?? "no row")"
        }
    }

    private enum Order { case writeFirst, deleteFirst, together }

    private static let rounds = 10

    @Test(arguments: Naming.declared)
    func `a declared reference`(_ naming: Naming) async throws { try await Self.race(naming) }

    @Test(arguments: Naming.others)
    func `a reference with a guard of its own`(_ naming: Naming) async throws { try await Self.race(naming) }

    @Test func `the references that are raced are those that there are`() {
        let fields = Set(Naming.declared.map { "\($0.row).\($0.member)" })
        #expect(
            fields.isSuperset(of: ["product.brand_id", "product.related", "category.parent_id", "order.customer_id"]))
        #expect(fields.count >= 19)
    }

    private static func race(_ naming: Naming) async throws {
        let example = try await Example.make(in: try await TestShop.open())
        let inOrder = [
            try await outcome(of: naming, .writeFirst, example), try await outcome(of: naming, .deleteFirst, example),
        ]
        // The write does name it, and what is deleted cannot be named: or there would be nothing to race for.
        #expect(inOrder[0].written == 200 && inOrder[1].deleted == 200, "\(inOrder)")
        #expect(inOrder[1].names != true, "\(inOrder)")
        for _ in 0..<rounds {
            let outcome = try await outcome(of: naming, .together, example)
            #expect(inOrder.contains(outcome), "\(outcome), which is none of \(inOrder)")
        }
    }

    private static func outcome(of naming: Naming, _ order: Order, _ example: Example) async throws -> Outcome {
        let shop = example.shop
        let info = try ResourceInfo.at(naming.row)
        let minimum = try await example.minimum(naming.row)
        let target = try await naming.target(example)
        let body = JSON.object(target.body)
        let there = naming.isNew ? nil : try await made(minimum, naming.row, info, shop)
        let write: @Sendable () async throws -> Reply = {
            if let there { return try await shop.put("\(naming.row)/\(there)", body) }
            return try await shop.post(naming.row, minimum.adding(body))
        }
        let delete: @Sendable () async throws -> Reply = { try await shop.delete("\(target.path)/\(target.id)") }
        let replies: [Reply]
        switch order {
        case .writeFirst: replies = [try await write(), try await delete()]
        case .deleteFirst: replies = [try await delete(), try await write()].reversed()
        case .together: replies = try await together(2) { $0 == 0 ? try await write() : try await delete() }
        }
        let id = there ?? (replies[0].status == 200 ? replies[0].json[info.key].integer : nil)
        let shown = if let id { try await shop.get("\(naming.row)/\(id)") } else { nil as Reply? }
        // Rows that may be there once only make way for the next round.
        if let id, info.verbs.contains(.delete) { try await shop.delete("\(naming.row)/\(id)") }
        return Outcome(
            written: replies[0].status, deleted: replies[1].status,
            names: shown.flatMap { $0.status == 200 ? naming.names(target.id, in: $0.json) : nil })
    }

    private static func made(_ body: JSON, _ path: String, _ info: ResourceInfo, _ shop: TestShop) async throws -> Int64
    {
        let reply = try await shop.post(path, body)
        try #require(reply.status == 200, "\(reply.text)")
        return reply.json[info.key].integer
    }
}
