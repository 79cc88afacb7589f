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
            let address = try call.address(of: Product.info)
            let shop = call.tenant.webshopID
            let plan = StockLevel.info.plan
            let rows = try await storage.fetch(
                """
                SELECT \(raw: plan.select), removed_on FROM stock_levels
                WHERE webshop_id = \(shop) AND product_id =
                (SELECT product_id FROM products WHERE webshop_id = \(shop) AND \(Product.info.isAt(address)))
                """)
            guard let row = rows.first else { throw Problem.notFound("product") }
            if row.integer(plan.width) != nil { throw Problem.gone("product") }
            var writer = JSONWriter()
            writer.object(0, of: Page(rows: rows), by: plan, for: call.tenant)
            var answer = answer([writer.bytes])
            answer.version = row.integer(plan.versionColumn)
            return answer
        })

    private static func put(_ method: Endpoint.Method) -> Endpoint {
        Endpoint(
            method, "/REST/stock/{product_id}", .token(.write), "\(method.rawValue.lowercased())_stock",
            "Counts (`count`) or moves (`adjust`) the stock of a product.",
            Documentation(tag: "stock", body: body, answer: StockLevel.info.schemaReference),
            .write { call, tx in
                let id = try tx.id(try call.address(of: Product.info), of: Product.info)
                if call.ifMatch != nil {
                    try IfMatch.check(call.ifMatch, try StockLedger.version(of: id, in: tx)) {
                        try tx.show(StockLevel.info, id)
                    }
                }
                return try carryOut([StockWrite(try call.object(), productID: id, at: "", tx)], in: tx)[0]
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
                return answer(try carryOut(writes, in: tx).map(\.body))
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
            let writes = try StockWrite.all([.object(renamed)], isList: false, tx)
            guard let posted = try posted(writes, in: tx)[0] else {
                throw Problem.invalid("/change", "range", "must not be 0: nothing would move")
            }
            return Answer(body: posted.entry, version: 1)
        })

    private static let batch: Endpoint = {
        var batch = Batch()
        batch.update = { address, body, _, tx in
            let id = try tx.id(address, of: Product.info)
            return try carryOut([StockWrite(body, productID: id, at: "", tx)], in: tx)[0]
        }
        return batch.endpoint(for: StockLevel.info, naming: Product.info, access: .token(.write))
    }()

    /// Carries out the writes, all or none, and answers the stock row that each of them left.
    private static func carryOut(_ writes: [StockWrite], in tx: Transaction) throws -> [Answer] {
        try zip(writes, try posted(writes, in: tx)).map { write, posted in
            if let posted { return Answer(body: posted.json, version: posted.version) }
            let version = try StockLedger.version(of: write.productID, in: tx)
            return Answer(body: try tx.show(StockLevel.info, write.productID), version: version)
        }
    }

    /// What each write left, or nil where nothing had to move.
    private static func posted(_ writes: [StockWrite], in tx: Transaction) throws -> [StockLedger.Posted?] {
        try Bundle.refuseStock(of: writes.map { ($0.productID, $0.pointer) }, in: tx)
        let moves = try moves(for: writes, in: tx)
        let wanted = moves.indices.filter { moves[$0] != nil }
        let posted = try StockLedger.post(wanted.compactMap { moves[$0] }, in: tx)
        let short = zip(wanted, posted).filter { $1 == nil }.map { writes[$0.0] }
        guard short.isEmpty else {
            let errors = short.map { write in
                Problem.FieldError(
                    write.pointer, "stock_short", "would take the stock of product \(write.productID) below zero")
            }
            throw Problem.conflict("stock_short", "There is too little stock.", errors: errors)
        }
        let left = Dictionary(zip(wanted, posted), uniquingKeysWith: { first, _ in first })
        return writes.indices.map { left[$0] ?? nil }
    }

    /// The movement each write needs, one after the other where several are about one product.
    private static func moves(for writes: [StockWrite], in tx: Transaction) throws -> [StockLedger.Move?] {
        var counts = try StockLedger.take(Set(writes.map(\.productID)), in: tx)
        return try writes.map { write in
            guard let current = counts[write.productID] else {
                throw try StockLedger.missing(write.productID, in: tx)
            }
            let move = write.move(from: current)
            counts[write.productID] = current + (move?.change ?? 0)
            return move
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
        let ownIDs = objects.compactMap(ownID)
        let products = try Product.ids(ofOwn: ownIDs, in: tx)
        return try objects.enumerated().map { index, object in
            let pointer = isList ? "/\(index)" : ""
            var id: Int64?
            if let ownID = ownID(object) {
                guard let found = products[ownID] else {
                    throw Problem.invalid(pointer + "/own_id", "unknown_product", "names no product of this shop")
                }
                id = found
            }
            return try StockWrite(object, productID: id, at: pointer, tx)
        }
    }

    /// Numbers are read as text, as in every body.
    private static func ownID(_ object: JSONObject) -> String? {
        switch object["own_id"] {
        case .string(let text): text
        case .number(let number): number.text
        default: nil
        }
    }

    /// The movement that fulfils the wish where so many are there, or nil where the stock is already so.
    func move(from current: Int64) -> StockLedger.Move? {
        let change = adjust ?? ((count ?? 0) - current)
        return change == 0
            ? nil : StockLedger.Move(productID, by: change, adjust == nil ? .count : .adjust, reason: reason)
    }
}
