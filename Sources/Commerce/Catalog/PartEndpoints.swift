import Basics
import Persistence
import Resources

/// Changes of one row that is shown inside another, such as an image of a product: each is a change of what it belongs to.
enum PartEndpoints<Owner: Resource> {
    /// Changes the owner by the body and answers the row that was added.
    static func add(
        _ call: Call, _ tx: Transaction, to embed: Embed, _ body: (inout Stored<Owner>, JSONObject) throws -> Int64?
    ) throws -> Answer {
        var stored = try owner(call, tx)
        let id = try body(&stored, try call.object())
        try tx.update(stored, hasNewParts: true)
        let rows = try tx.db.rows(
            """
            SELECT \(raw: embed.plan.select) FROM \(raw: embed.table)
            WHERE webshop_id = \(tx.shop) AND \(raw: embed.key) = \(id)
            """)
        guard !rows.isEmpty else { throw StorageError.statement("\(embed.table): the new row is not there") }
        var writer = JSONWriter()
        writer.object(0, of: RowPage(rows: rows), by: embed.plan, for: tx.tenant, hidesKey: tx.isDryRun)
        return Answer(body: writer.bytes)
    }

    /// Changes the owner by a row that removes one of its own.
    /// - Parameter body: answers whether there was such a row.
    static func remove(
        _ call: Call, _ tx: Transaction, _ what: String, from embed: Embed,
        _ body: (inout Stored<Owner>, JSON) throws -> Bool
    ) throws -> Answer {
        var stored = try owner(call, tx)
        let id = JSON.number(JSONNumber(try call.id(1, of: what)))
        let wish = JSONObject([.init(embed.key, id), .init("remove", 1)])
        guard try body(&stored, .object(wish)) else { throw Problem.notFound(what) }
        try tx.update(stored, hasNewParts: true)
        return .json(.object(JSONObject([.init(embed.key, id), .init("deleted", 1)])))
    }

    private static func owner(_ call: Call, _ tx: Transaction) throws -> Stored<Owner> {
        let id = try tx.id(call.address(of: Owner.info), of: Owner.info)
        let stored = try tx.take(Owner.self, id)
        try IfMatch.check(call.ifMatch, stored.version) { try tx.show(Owner.info, id) }
        return stored
    }

    // MARK: What the OpenAPI document says

    static func removal(from embed: Embed) -> Documentation {
        Documentation(
            tag: Owner.info.path,
            answer: [
                "type": "object", "required": [.string(embed.key), "deleted"],
                "properties": .object(
                    JSONObject([.init(embed.key, ["type": "integer"]), .init("deleted", ["type": "integer"])])),
            ])
    }

    /// The row, or null as its id where a dry run has none to show.
    static func added(to embed: Embed) -> JSON {
        let schema = embed.rowSchema
        guard case .object(let row) = schema, case .object(let members)? = row["properties"] else { return schema }
        let properties = members.members.map { member in
            JSONObject.Member(
                member.name, member.name == embed.key ? ["type": ["string", "integer", "null"]] : member.value)
        }
        return .object(
            JSONObject(
                row.members.map { $0.name == "properties" ? .init($0.name, .object(JSONObject(properties))) : $0 }))
    }
}

extension JSONObject {
    /// The file that a row's `data` stands for, or why it is none. A refused `url` is answered here too.
    func upload(in tx: Transaction) throws(FieldFault) -> Upload? {
        for name in ["data", "url"] {
            if case .string(let key) = self[name] ?? .null, let upload = try tx.uploads.file(key) { return upload }
        }
        guard case .string(let text) = self["data"] ?? .null, !text.isEmpty else { return nil }
        throw FieldFault("base64", "must be base64")
    }
}
