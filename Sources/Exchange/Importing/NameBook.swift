import Basics
import Commerce
import Persistence
import Resources

/// Which ids the names of a file have in a shop. Each page asks for the names it has that nobody asked for before, in one
/// query a kind; what there is none of is made. A value: the copy of a page that was given up is thrown away with it.
struct NameBook: Sendable {
    private var brands = NamedRows<Brand>()
    private var suppliers = NamedRows<Supplier>()
    private var manufacturers = NamedRows<Manufacturer>()
    private var safetyProfiles = NamedRows<SafetyProfile>()
    private var labels = NamedRows<ProductLabel>()
    private var categories = CategoryNames()
    private var profiles = ProfileBook()

    /// Looks up what a page will need.
    mutating func learn(_ bodies: [JSONObject], in tx: Transaction) throws {
        func names(_ member: String) -> [String] { bodies.compactMap { Definition($0[member])?.name } }
        try brands.learn(names("brand"), in: tx)
        let sources = bodies.flatMap { $0.list("suppliers").compactMap { Definition($0.member("supplier"))?.name } }
        try suppliers.learn(names("supplier") + sources, in: tx)
        try manufacturers.learn(names("manufacturer"), in: tx)
        try safetyProfiles.learn(names("safety_profile"), in: tx)
        try labels.learn(bodies.flatMap { $0.list("product_labels").compactMap { Definition($0)?.name } }, in: tx)
        try profiles.learn(names("profile"), in: tx)
        if bodies.contains(where: { $0["categories"] != nil || $0["main_category"] != nil }) {
            try categories.learn(in: tx)
        }
    }

    /// The body with ids in the place of names, making what is missing.
    mutating func named(_ body: JSONObject, in tx: Transaction) throws -> JSONObject {
        var named = JSONObject()
        var profile: ProfileBook.Known?
        if let definition = body["profile"] {
            profile = try Definition(definition).map { try profiles.profile($0, of: body, in: tx) }
            named.append("profile_id", .number(JSONNumber(profile?.id ?? 0)))
        }
        for member in body.members where member.name != "profile" {
            let value = member.value
            switch member.name {
            case "brand": named.append("brand_id", try brands.id(value, "brand", in: tx))
            case "supplier": named.append("supplier_id", try suppliers.id(value, "supplier", in: tx))
            case "manufacturer": named.append("manufacturer_id", try manufacturers.id(value, "manufacturer", in: tx))
            case "safety_profile":
                named.append("safety_profile_id", try safetyProfiles.id(value, "safety_profile", in: tx))
            case "main_category":
                named.append(
                    "main_category_id", value == .null ? .null : try categories.id(value, "/main_category", in: tx))
            case "categories":
                let ids = try body.list("categories").enumerated().map {
                    try categories.id($1, "/categories/\($0)", in: tx)
                }
                named.append("categories", .array(ids))
            case "product_labels":
                let ids = try body.list("product_labels").map { try labels.id($0, "product_labels", in: tx) }
                named.append("product_labels", .array(ids))
            case "suppliers":
                named.append("suppliers", .array(try body.list("suppliers").map { try source($0, in: tx) }))
            case "attributes":
                named.append("attributes", .array(try profile.attributes(body.list("attributes"))))
            case "stock_settings":
                named.append("stock_settings", .array(try profile.settings(body.list("stock_settings"))))
            default: named.append(member.name, value)
            }
        }
        return named
    }

    /// A row of `suppliers` with the id of the one it names.
    private mutating func source(_ row: JSON, in tx: Transaction) throws -> JSON {
        guard case .object(let object) = row, Definition(object["supplier"]) != nil else {
            throw Problem.invalid("/suppliers", "type", "must be a list of {supplier, purchase_price, …}")
        }
        let id = try suppliers.id(object["supplier"] ?? .null, "suppliers", in: tx)
        return .object(JSONObject([.init("supplier_id", id)] + object.without(["supplier"]).members))
    }
}

/// The rows of a resource by their names, such as the brands.
private struct NamedRows<R: Resource>: Sendable {
    private var ids: ByText<Int64> = [:]

    mutating func learn(_ names: [String], in tx: Transaction) throws {
        let unknown = Set(exact: names).filter { ids[$0] == nil }
        guard !unknown.isEmpty else { return }
        let rows = try tx.db.rows(
            """
            SELECT name, \(raw: R.info.key) AS id FROM \(raw: R.info.table) WHERE webshop_id = \(tx.shop)
            AND name IN (\(SQL.list(unknown.texts))) AND removed_on IS NULL ORDER BY \(raw: R.info.key) DESC
            """)
        for row in rows { ids[try row["name"]] = try row["id"] as Int64 }
    }

    /// The id of what is named, or null for none.
    mutating func id(_ json: JSON, _ member: String, in tx: Transaction) throws -> JSON {
        guard let definition = Definition(json) else {
            if json == .null || json == .string("") { return .null }
            throw Problem.invalid("/" + member, "type", "must be a name, or an object with one")
        }
        if let id = ids[definition.name] { return .number(JSONNumber(id)) }
        do {
            let id = try tx.savepoint { try tx.make(R.self, from: definition.body).id }
            ids[definition.name] = id
            return .number(JSONNumber(id))
        } catch let problem as Problem {
            throw problem.within("/" + member)
        }
    }
}

extension Transaction {
    /// Makes what a file names and the shop has not, by the rules that hold for a body.
    /// - Parameter own: columns that the file has no say in.
    func make<R: Resource>(
        _: R.Type, from body: JSONObject, giving own: [String: Int64] = [:], _ finish: (inout R) -> Void = { _ in }
    ) throws -> Written<R> {
        let given = own.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .number(JSONNumber($0.value))) }
        var input = Input(R.info, for: tenant, isStrict: false)
        var record = try input.record(from: JSONObject(given + body.without(Set(own.keys)).members), over: nil)
        record[0] = try newID(R.self).sqlValue
        var value = try R.schema.value(record)
        finish(&value)
        return try insert(value)
    }
}

extension JSON {
    /// A member of an object; nil where it has none, or is no object.
    fileprivate func member(_ name: String) -> JSON? {
        if case .object(let object) = self { object[name] } else { nil }
    }
}

extension JSONObject {
    /// The elements of a list; none where it is no list.
    func list(_ name: String) -> [JSON] {
        if case .array(let elements) = self[name] { elements } else { [] }
    }
}
