import Persistence
package import Resources

/// Stock over HTTP: read it, count it, move it.
package enum StockEndpoints {
    package static let all: [Endpoint] = [show, put(.put), put(.patch), post, addEntry, batch]

    private static let body: JSON = [
        "type": "object",
        "properties": [
            "product_id": ["type": "integer"], "own_id": ["type": "string"],
            "count": ["type": "integer", "description": "The number counted."],
            "adjust": ["type": "integer", "description": "How many more, or fewer."],
            "reason": ["type": "string"],
        ],
    ]

    private static let show = Endpoint(
        .get, "/REST/stock/{product_id}", .token(.read), "get_stock", "Shows the stock rows of a product.",
        Documentation(tag: "stock", answer: StockLevel.info.listSchema),
        .read { call, storage in
            let id = try call.id(of: "product")
            let plan = StockLevel.info.plan
            let rows = try await storage.fetch(
                """
                SELECT \(raw: plan.select), removed_on FROM stock_levels
                WHERE webshop_id = \(call.tenant.webshopID) AND product_id = \(id)
                """)
            guard let row = rows.first else { throw Problem.notFound("product") }
            if row.integer(plan.width) != nil { throw Problem.gone("product") }
            return answer(rows, for: call.tenant)
        })

    private static func put(_ method: Endpoint.Method) -> Endpoint {
        Endpoint(
            method, "/REST/stock/{product_id}", .token(.write), "\(method.rawValue.lowercased())_stock",
            "Counts (`count`) or moves (`adjust`) the stock of a product.",
            Documentation(tag: "stock", body: body, answer: StockLevel.info.schemaReference),
            .write { call, tx in
                let id = try call.id(of: "product")
                _ = try write([StockWrite(try call.object(), productID: id, at: "", tx)], in: tx)
                return Answer(body: try tx.show(StockLevel.info, id))
            })
    }

    private static let post: Endpoint = {
        var endpoint = Endpoint(
            .post, "/REST/stock", .token(.write), "post_stock", "Counts or moves the stock of one product or of many.",
            Documentation(
                tag: "stock", body: ["anyOf": [body, ["type": "array", "items": body, "maxItems": 1000]]],
                answer: StockLevel.info.listSchema),
            .write { call, tx in
                let bodies: [JSON] = if case .array(let rows) = call.body { rows } else { [.object(try call.object())] }
                guard bodies.count <= Batch.rowsMax else {
                    throw Problem.invalid("", "too_long", "takes at most \(Batch.rowsMax) rows")
                }
                let isList = if case .array = call.body { true } else { false }
                let writes = try StockWrite.all(bodies, isList: isList, tx)
                return answer(try write(writes, in: tx), for: tx.tenant)
            })
        endpoint.bodyMax = Batch.bodyMax
        return endpoint
    }()

    private static let addEntry = Endpoint(
        .post, "/REST/stock-entry", .token(.write), "create_stock-entry", "Moves stock by hand, with a reason.",
        Documentation(
            tag: "stock-entry",
            body: [
                "type": "object", "required": ["change", "reason"],
                "properties": [
                    "product_id": ["type": "integer"], "change": ["type": "integer"], "reason": ["type": "string"],
                ],
            ],
            answer: StockEntry.info.schemaReference),
        .write { call, tx in
            let body = try call.object()
            guard case .string(let reason) = body["reason"], !reason.isEmpty else {
                throw Problem.invalid("/reason", "required", "is required: a ledger says why")
            }
            var renamed = body.without(["adjust", "count", "change"])
            renamed.append("adjust", body["change"] ?? .null)
            let write = try StockWrite(renamed, productID: nil, at: "", tx)
            _ = try StockEndpoints.write([write], in: tx)
            let row = try tx.db.row(
                """
                SELECT max(stock_entry_id) FROM stock_entries
                WHERE webshop_id = \(tx.shop) AND product_id = \(write.productID)
                """)
            return Answer(body: try tx.show(StockEntry.info, row?.integer(0) ?? 0))
        })

    private static let batch: Endpoint = {
        var batch = Batch()
        batch.update = { id, body, _, tx in
            _ = try write([StockWrite(body, productID: id, at: "", tx)], in: tx)
            return Answer(body: try tx.show(StockLevel.info, id))
        }
        return batch.endpoint(for: StockLevel.info, access: .token(.write))
    }()

    /// Carries out the writes and answers the rows as they then stand.
    private static func write(_ writes: [StockWrite], in tx: Transaction) throws -> Rows {
        let moves = try writes.map { try $0.move(in: tx) }
        let wanted = moves.compactMap { $0 }
        let balances = try StockLedger.post(wanted, in: tx)
        let short = zip(wanted, balances).filter { $0.1 == nil }
        if !short.isEmpty {
            let errors = writes.filter { write in short.contains { $0.0.productID == write.productID } }.map {
                Problem.FieldError(
                    $0.pointer, "stock_short", "would take the stock of product \($0.productID) below zero")
            }
            throw Problem.conflict("stock_short", "There is too little stock.", errors: errors)
        }
        let ids = Set(writes.map(\.productID)).sorted()
        return try tx.db.rows(
            """
            SELECT \(raw: StockLevel.info.plan.select) FROM stock_levels
            WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.list(ids))) ORDER BY product_id
            """)
    }

    private static func answer(_ rows: Rows, for tenant: Tenant) -> Answer {
        var writer = JSONWriter()
        writer.raw(#"{"paging":{"offset":0,"limit":1000,"count":"# as StaticString)
        writer.integer(Int64(rows.count))
        writer.raw(#","total":"# as StaticString)
        writer.integer(Int64(rows.count))
        writer.raw(#"},"stock":"# as StaticString)
        writer.array(Page(rows: rows), by: StockLevel.info.plan, for: tenant)
        writer.raw("}" as StaticString)
        return Answer(body: writer.bytes)
    }
}

/// One wish to change stock: a count, or a difference.
struct StockWrite {
    let productID: Int64
    /// Where it stands in the body.
    let pointer: String
    private let count: Int64?
    private let adjust: Int64?
    private let reason: String

    /// - Parameter productID: the product of the path; without one the body names it.
    init(_ body: JSONObject, productID: Int64?, at pointer: String, _ tx: Transaction) throws {
        self.pointer = pointer
        var reader = MemberReader(body, at: pointer, tx.tenant)
        let bound = StockLedger.countMax
        count = reader.integer("count", 0 - bound...bound)
        adjust = reader.integer("adjust", 0 - bound...bound)
        reason = reader.text("reason", 1000) ?? ""
        let named = reader.integer("product_id", 1...Int64.max)
        if (count == nil) == (adjust == nil), reader.errors.isEmpty {
            reader.report("count", "required", "is required, or adjust; not both")
        }
        try reader.finish()
        guard let id = productID ?? named else {
            throw Problem.invalid(pointer + "/product_id", "required", "is required, or own_id")
        }
        self.productID = id
    }

    /// Reads a list of wishes; products named by `own_id` are looked up in one query.
    static func all(_ bodies: [JSON], isList: Bool, _ tx: Transaction) throws -> [StockWrite] {
        let objects = try bodies.enumerated().map { index, body -> JSONObject in
            guard case .object(let object) = body else {
                throw Problem.invalid("/\(index)", "type", "must be an object")
            }
            return object
        }
        let ownIDs = objects.compactMap { object -> String? in
            if case .string(let text) = object["own_id"] { text } else { nil }
        }
        let products = try Product.ids(ofOwn: ownIDs, in: tx)
        return try objects.enumerated().map { index, object in
            let pointer = isList ? "/\(index)" : ""
            var id: Int64?
            if case .string(let ownID) = object["own_id"] {
                guard let found = products[ownID] else {
                    throw Problem.invalid(pointer + "/own_id", "unknown_product", "names no product of this shop")
                }
                id = found
            }
            return try StockWrite(object, productID: id, at: pointer, tx)
        }
    }

    /// The movement that fulfils the wish, or nil where the stock is already so.
    func move(in tx: Transaction) throws -> StockLedger.Move? {
        if let adjust {
            _ = try StockLedger.difference(productID, to: 0, in: tx)
            return adjust == 0 ? nil : StockLedger.Move(productID, by: adjust, .adjust, reason: reason)
        }
        let change = try StockLedger.difference(productID, to: count ?? 0, in: tx)
        return change == 0 ? nil : StockLedger.Move(productID, by: change, .count, reason: reason)
    }
}
