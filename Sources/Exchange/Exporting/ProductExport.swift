package import Basics
package import Persistence
package import Resources

/// Writes a shop's products in one order that the ids have no part in: the same range gives the same bytes in every shop.
/// Memory holds one page, and each page asks for what belongs to it in a few queries, however many products it has.
package struct ProductExport: Sendable {
    private static let perPage = 250
    /// A page of products of many variants is written in pieces of about so many.
    private static let variantsPerPiece = 4000

    private let storage: any Storage
    private let tenant: Tenant
    private let format: ExportFormat
    private let changed: ClosedRange<Instant>?

    /// - Parameter changed: only products last changed in this time.
    package init(
        from storage: any Storage, tenant: Tenant, format: ExportFormat, changed: ClosedRange<Instant>? = nil
    ) {
        self.storage = storage
        self.tenant = tenant
        self.format = format
        self.changed = changed
    }

    /// How many products there are to write.
    package func count() async throws -> Int {
        let rows = try await storage.fetch("SELECT count(*) AS count FROM products WHERE \(condition)")
        return try rows.first.map { try $0["count"] } ?? 0
    }

    /// - Parameters:
    ///   - write: takes the next piece of the file.
    ///   - progress: told how many products were written.
    package func run(
        progress: (Int) -> Void = { _ in }, _ write: ([UInt8]) async throws -> Void
    ) async throws {
        if !format.header.isEmpty { try await write(format.header) }
        var names = ExportNames(tenant)
        var done = 0
        var rows = try await storage.fetch(page(after: ""))
        while let last: String = try rows.last.map({ try $0["number"] }) {
            try Task.checkCancellation()
            let following = rows.count < Self.perPage ? [] : [page(after: last)]
            // The next page is read while this one is written.
            async let next = storage.fetch(following)
            for piece in try Self.pieces(of: rows) {
                try await self.write(piece, &names, write)
                done += piece.count
                progress(done)
            }
            rows = try await next.first ?? Rows(width: 0)
        }
    }

    private func write(_ rows: Rows, _ names: inout ExportNames, _ write: ([UInt8]) async throws -> Void) async throws {
        let page = try await ExportedColumns.plan.page(rows, shop: tenant.webshopID, from: storage)
        let parts = try await ExportedParts(page, for: tenant, from: storage)
        try await names.learn(page.rows, parts, from: storage)
        let products = ExportPage(page.rows, parts, names, tenant)
        try await write(format == .butikJSONL ? products.lines() : products.csv())
    }

    private static func pieces(of rows: Rows) throws -> [Rows] {
        var pieces: [Rows] = []
        var (start, variants) = (0, 0)
        for (index, row) in rows.enumerated() {
            let more: Int = try row["variants"]
            if index > start, variants + more > variantsPerPiece {  // bounded: counts of rows
                pieces.append(rows.part(start..<index))
                (start, variants) = (index, 0)
            }
            variants += more  // bounded: counts of rows
        }
        pieces.append(rows.part(start..<rows.count))
        return pieces
    }

    private var condition: SQL {
        let live: SQL = "webshop_id = \(tenant.webshopID) AND removed_on IS NULL"
        guard let changed else { return live }
        return "\(live) AND last_modified >= \(changed.lowerBound) AND last_modified <= \(changed.upperBound)"
    }

    private func page(after ownID: String) -> SQL {
        """
        SELECT \(raw: ExportedColumns.select) FROM products WHERE \(condition) AND own_id > \(ownID)
        ORDER BY own_id LIMIT \(raw: String(Self.perPage))
        """
    }
}
