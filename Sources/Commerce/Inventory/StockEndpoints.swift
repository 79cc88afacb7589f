import Basics
import Persistence
package import Resources

/// Stock over HTTP: read it, count it, move it.
package enum StockEndpoints {
    package static let all: [Endpoint] = [show, put(.put), put(.patch), putVariant, post, addEntry, batch]

    private static let show = Endpoint(
        .get, "/REST/stock/{product_id}", .token(.read), "get_stock",
        "Shows the stock rows of a product: one, or one for each variant; of `own_id:SKU`, what that number names.",
        Documentation(tag: "stock", answer: StockLevel.info.listSchema),
        .read { call, storage in
            let address = try call.address(of: Product.info)
            let shop = call.tenant.webshopID
            let plan = StockLevel.info.plan
            // Closed levels come along, so that one statement tells what is deleted from what never was.
            let rows = try await storage.fetch(
                """
                SELECT \(raw: plan.select), removed_on AS closed FROM stock_levels
                WHERE webshop_id = \(shop) AND \(isAt(address, shop)) ORDER BY stock_id
                """)
            if rows.isEmpty { throw Problem.notFound("product") }
            let live = try rows.indices.filter { try rows[$0]["closed"] as Int64? == nil }
            if live.isEmpty { throw Problem.gone("product") }
            let page = RowPage(rows: rows)
            var answer = answer(
                live.map { index in
                    var writer = JSONWriter()
                    writer.object(index, of: page, by: plan, for: call.tenant)
                    return writer.bytes
                })
            // Any movement raises one of them.
            answer.version = try live.reduce(0) { $0 + (try rows[$1].version(by: plan)) }
            return answer
        })

    private static func put(_ method: Endpoint.Method) -> Endpoint {
        Endpoint(
            method, "/REST/stock/{product_id}", .token(.write), "\(method.rawValue.lowercased())_stock",
            "Counts (`count`) or moves (`adjust`) the stock of a product, or of the variant the body names.",
            Documentation(tag: "stock", answer: StockLevel.info.schemaReference), takes: StockChange.self
        ) { change, call, tx in
            let unit = try unit(at: call.address(of: Product.info), tx)
            return try carryOut(StockWrite(change, of: unit), ifMatch: call.ifMatch, in: tx)
        }
    }

    /// Which levels an address names: all of a product, or where a number is a variant's the one of that.
    private static func isAt(_ address: RowAddress, _ shop: Int64) -> SQL {
        switch address {
        case .id(let id): return "product_id = \(id)"
        case .own(let own):
            let sku: SQL = "FROM skus WHERE webshop_id = \(shop) AND own_id = \(own.text)"
            return "product_id = (SELECT product_id \(sku)) AND (SELECT variant_id \(sku)) IN (0, stock_id)"
        }
    }

    private static func unit(at address: RowAddress, _ tx: Transaction) throws -> StockUnit {
        guard case .own(let own) = address else { return StockUnit(try tx.id(address, of: Product.info)) }
        guard let unit = try SKUs.units([own.text], in: tx)[own] else { throw Problem.notFound("product") }
        return unit
    }

    /// The older address of a variant's stock (fact sheet 8.7).
    private static let putVariant = Endpoint(
        .put, "/REST/product/{product_id}/variant/{attribute_value_id}", .token(.write), "put_variant_stock",
        "Counts (`stock` or `count`) or moves (`adjust`) the stock of the variant with that value.",
        Documentation(tag: "stock", answer: StockLevel.info.schemaReference), takes: VariantStockChange.self
    ) { change, call, tx in
        let id = try tx.id(try call.address(of: Product.info), of: Product.info)
        let variant = VariantMembers(
            id: nil, name: nil, valueID: try call.id(1, of: "variant"), valueID2: change.valueID2)
        let write = StockWrite(
            StockUnit(id), variant.choice, count: change.count, adjust: change.adjust, reason: change.reason)
        return try carryOut(write, ifMatch: call.ifMatch, in: tx)
    }

    private static let post = Endpoint(
        .post, "/REST/stock", .token(.write), "post_stock", "Counts or moves the stock of one product or of many.",
        Documentation(tag: "stock", answer: StockLevel.info.listSchema), takes: OneOrMany<StockChange>.self
    ) { changes, _, tx in
        let units = try StockWrite.units(of: changes.placed.map { ($0.element.product, $0.pointer) }, in: tx)
        let writes = zip(changes.placed, units).map { StockWrite($0.element, of: $1, at: $0.pointer) }
        return answer(try carryOut(writes, levels(for: writes, in: tx), in: tx))
    }

    private static let addEntry = Endpoint(
        .post, "/REST/stock-entry", .token(.write), "create_stock-entry", "Moves stock by hand, with a reason.",
        Documentation(tag: "stock-entry", answer: StockEntry.info.schemaReference), takes: StockMovement.self
    ) { movement, _, tx in
        let product = movement.product.members
        let writes = try StockWrite.units(of: [(product, "")], in: tx).map { unit in
            StockWrite(unit, product.variant.choice, adjust: movement.change, reason: movement.reason)
        }
        guard let posted = try posted(writes, to: levels(for: writes, in: tx), in: tx)[0] else {
            throw Problem.invalid("/change", "range", "must not be 0: nothing would move")
        }
        return Answer(body: posted.entry, version: 1)
    }

    private static let batch: Endpoint = {
        var batch = BatchWrite()
        batch.update = { address, body, call, tx in
            let change = try call.read(StockChange.self, body)
            let id = try tx.id(address, of: Product.info)
            return try carryOut(StockWrite(change, of: StockUnit(id)), ifMatch: nil, in: tx)
        }
        batch.writeAll = { rows, call, tx in
            let ids = try tx.ids(rows.compactMap(\.address), of: Product.info)
            let writes = try rows.compactMap { row in
                try row.address.flatMap { ids[$0] }.map {
                    StockWrite(try call.read(StockChange.self, row.body), of: StockUnit($0))
                }
            }
            let levels = try levels(for: writes, in: tx)
            // One after the other where two are about one level, so that the second sees what the first left.
            guard writes.count == rows.count, Set(levels.map(\.unit)).count == rows.count else { return nil }
            return try carryOut(writes, levels, in: tx).map { Answer(body: $0) }
        }
        return batch.endpoint(for: StockLevel.info, naming: Product.info, access: .token(.write))
    }()

    /// Carries out one write. Its version is that of all levels of the product together, as a GET of them has it.
    private static func carryOut(_ write: StockWrite, ifMatch: String?, in tx: Transaction) throws -> Answer {
        let all = try StockLedger.take(of: [write.unit.productID], in: tx)
        guard !all.isEmpty else { throw try StockLedger.missing(write.unit.productID, in: tx) }
        let level = try write.level(among: all)
        let version = all.reduce(0) { $0 + $1.version }
        try IfMatch.check(ifMatch, version) { try StockLedger.show(level.unit, in: tx) }
        guard let posted = try posted([write], to: [level], in: tx).first ?? nil else {
            return Answer(body: try StockLedger.show(level.unit, in: tx), version: version)
        }
        return Answer(body: posted.json, version: version - level.version + posted.version)
    }

    /// Carries out the writes, all or none, and answers the stock row that each of them left.
    private static func carryOut(
        _ writes: [StockWrite], _ levels: [StockBalance], in tx: Transaction
    ) throws -> [[UInt8]] {
        try zip(levels, try posted(writes, to: levels, in: tx)).map { level, posted in
            try posted?.json ?? StockLedger.show(level.unit, in: tx)
        }
    }

    /// What each write left, or nil where nothing had to move.
    private static func posted(
        _ writes: [StockWrite], to levels: [StockBalance], in tx: Transaction
    ) throws -> [StockLedger.Posted?] {
        try Bundle.refuseStock(of: writes.map { ($0.unit.productID, $0.pointer) }, in: tx)
        // One after the other where several are about one level.
        var counts: [StockUnit: Int64] = [:]
        let moves = zip(writes, levels).map { write, level in
            let current = counts[level.unit] ?? level.count
            let move = write.move(of: level.unit, from: current)
            counts[level.unit] = current + (move?.change ?? 0)
            return move
        }
        let wanted = moves.indices.filter { moves[$0] != nil }
        let posted = try StockLedger.attempt(wanted.compactMap { moves[$0] }, in: tx)
        let short = zip(wanted, posted).filter { $1 == nil }.map(\.0)
        guard short.isEmpty else {
            let errors = short.map { index in
                let name = levels[index].variantName.map { " (\($0))" } ?? ""
                return Problem.FieldError(
                    writes[index].pointer, "stock_short",
                    "would take the stock of product \(levels[index].unit.productID)\(name) below zero")
            }
            throw Problem.conflict("stock_short", "There is too little stock.", errors: errors)
        }
        let left = Dictionary(zip(wanted, posted), uniquingKeysWith: { first, _ in first })
        return writes.indices.map { left[$0] ?? nil }
    }

    /// The level each write is about, locked.
    private static func levels(for writes: [StockWrite], in tx: Transaction) throws -> [StockBalance] {
        let taken = try StockLedger.take(of: Set(writes.map(\.unit.productID)), in: tx)
        let byProduct = Dictionary(grouping: taken, by: \.unit.productID)
        return try writes.map { write in
            guard let levels = byProduct[write.unit.productID] else {
                throw try StockLedger.missing(write.unit.productID, in: tx)
            }
            return try write.level(among: levels)
        }
    }

    private static func answer(_ rows: [[UInt8]]) -> Answer {
        var writer = JSONWriter()
        writer.raw(#"{"paging":{"offset":0,"limit":1000,"count":"# as StaticString)
        writer.integer(Int64(rows.count))
        writer.raw(#","total":"# as StaticString)
        writer.integer(Int64(rows.count))
        writer.raw(#"},"stock":["# as StaticString)
        for (index, row) in rows.enumerated() {
            if index > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.raw(row)
        }
        writer.raw("]}" as StaticString)
        return Answer(body: writer.bytes)
    }
}
