import Areas
import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// A new row says by itself what the database would read of it (`born`), whatever its fields hold.
@Suite struct NewRowTests {
    private struct Undone: Error {}

    private static let paths = House.stored.map { $0.info }.filter { $0.isShopOwned && $0.key != "webshop_id" }
        .map(\.path)

    @Test(arguments: paths)
    func `a new row shows what the database reads of it`(_ path: String) async throws {
        let resource = try #require(House.stored.first { $0.info.path == path })
        try await Self.expectBirth(of: resource)
    }

    private static func expectBirth<R: Resource>(of _: R.Type) async throws {
        let info = R.info
        let shop = try await TestShop.open()
        let rows = try await shop.server.storage.transact(in: shop.tenant, at: shop.server.clock.now, as: "probe") {
            tx in
            let order = info.path == "order-line" ? try tx.insert(Order.starting(tx.newID(Order.self))).id : nil
            return try probes(info, of: order).map { probe -> (said: [SQLValue], read: [SQLValue])? in
                var seen: (said: [SQLValue], read: [SQLValue]) = ([], [])
                do {
                    try tx.savepoint {
                        let said = try tx.insertAll([try R.schema.value(probe)], embeddedBy: info.key)
                        let read = try tx.db.rows(
                            """
                            SELECT \(raw: info.plan.select), \(raw: info.key) FROM \(raw: info.table)
                            WHERE webshop_id = \(tx.shop) AND \(raw: info.key) = \(key)
                            """)
                        seen = (said.first?.values ?? [], read.first?.values ?? [])
                        throw Undone()
                    }
                } catch is Undone {
                } catch StorageError.constraint(.check, _) {
                    // No row there can be.
                    return nil
                }
                return seen
            }.compactMap { $0 }
        }
        #expect(rows.count > info.fields.count / 2, "\(info.path)")
        for (said, read) in rows { #expect(!said.isEmpty && said == read, "\(info.path): \(said) is \(read)") }
    }

    /// One that no other shop has meanwhile: some are unique in all of them.
    private static let key: Int64 = 77_000_000_077

    /// A row in which everything has its starting value, and for each field one in which it has another.
    /// - Parameter order: whose line it is.
    private static func probes(_ info: ResourceInfo, of order: Int64?) -> [[SQLValue]] {
        var plain = info.fields.map(\.startingValue)
        plain[0] = .integer(key)
        for (place, field) in info.fields.enumerated() where !field.allows(plain[place]) || field.name == "amount" {
            plain[place] = others(than: plain[place], field).first ?? plain[place]
        }
        let owner = info.fields.firstIndex { $0.name == "order_id" && order != nil }
        if let owner, let order { plain[owner] = .integer(order) }
        return [plain]
            + info.fields.indices.dropFirst().filter { $0 != owner }.flatMap { place in
                others(than: plain[place], info.fields[place]).map { other in
                    var probe = plain
                    probe[place] = other
                    return probe
                }
            }
    }

    private static func others(than value: SQLValue, _ field: FieldInfo) -> [SQLValue] {
        let all: [SQLValue] =
            if let choices = field.choices {
                choices.map { .text($0) }
            } else {
                switch field.kind {
                case .timed: []
                case .json: [.text(#"{"a":1}"#), .text("[1]"), .text("[]"), .text("{}")]
                case let kind where kind.isText: [.text("abc"), .text("/abc"), .text("")]
                default: [.integer(1), .integer(0), .integer(field.integers.lowerBound)]
                }
            }
        return all.filter { $0 != value && field.allows($0) }
    }
}
