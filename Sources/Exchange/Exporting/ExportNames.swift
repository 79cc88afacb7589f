import Basics
import Commerce
import Persistence
import Resources

/// The names of what products refer to by id. Asked for once a page and kind, and only those not asked for before.
struct ExportNames: Sendable {
    struct Attribute: Sendable {
        let id: Int64
        let name: String
        let type: ProfileAttribute.DataType
        let isVariant: Bool
    }

    struct Profile: Sendable {
        let name: String
        let tag: String?
        var attributes: [Attribute] = []
    }

    struct Value: Sendable {
        let val: String
        let color: String?
        let weight: Int64
    }

    private(set) var brands: [Int64: JSON] = [:]
    private(set) var suppliers: [Int64: JSON] = [:]
    private(set) var manufacturers: [Int64: JSON] = [:]
    private(set) var safetyProfiles: [Int64: JSON] = [:]
    private(set) var labels: [Int64: JSON] = [:]
    /// Paths from the top.
    private(set) var categories: [Int64: JSON] = [:]
    private(set) var profiles: [Int64: Profile] = [:]
    private(set) var values: [Int64: Value] = [:]
    /// Numbers of the products this page names.
    private(set) var products: [Int64: String] = [:]

    private let tenant: Tenant
    private var shop: Int64 { tenant.webshopID }

    /// A cache that grows beyond this is begun anew, so that memory stays flat in any shop.
    private static let namesMax = 50_000

    init(_ tenant: Tenant) {
        self.tenant = tenant
    }

    /// Looks up what a page refers to.
    mutating func learn(_ rows: Rows, _ parts: ExportedParts, from storage: any Storage) async throws {
        if [brands, suppliers, manufacturers, safetyProfiles, labels].contains(where: { $0.count > Self.namesMax }) {
            (brands, suppliers, manufacturers, safetyProfiles, labels) = ([:], [:], [:], [:], [:])
        }
        if values.count > Self.namesMax { (values, profiles) = ([:], [:]) }
        func ids(_ column: StaticString) throws -> Set<Int64> {
            Set(try rows.compactMap { try $0[column] as Int64? })
        }
        try await learn(Brand.self, try ids("brand_id"), into: &brands, from: storage)
        let sources = parts.suppliers.values.joined().compactMap { $0.id("supplier_id") }
        try await learn(Supplier.self, try ids("supplier_id").union(sources), into: &suppliers, from: storage)
        try await learn(Manufacturer.self, try ids("manufacturer_id"), into: &manufacturers, from: storage)
        try await learn(SafetyProfile.self, try ids("safety_profile_id"), into: &safetyProfiles, from: storage)
        let worn = parts.labels.values.joined()
        try await learn(
            ProductLabel.self, Set(worn.compactMap { $0.id("product_label_id") }), into: &labels, from: storage)
        try await learnCategories(of: rows, from: storage)
        try await learnProducts(of: rows, from: storage)
        try await learnProfiles(try ids("profile_id").subtracting([0]), from: storage)
        try await learnValues(of: parts, from: storage)
    }

    // MARK: Things with a name

    /// Name alone where that says it all, else an object of what the resource's bodies take.
    private func learn<R: Resource>(
        _: R.Type, _ ids: Set<Int64>, into names: inout [Int64: JSON], from storage: any Storage
    ) async throws {
        let unknown = ids.filter { names[$0] == nil }
        guard !unknown.isEmpty else { return }
        // What is named by an id of this shop means nothing in another.
        let members = R.info.fields.filter { field in
            !field.isReadOnly && field.name != "description" && field.reference?().isShopOwned != true
        }.map(\.name)
        let plan = R.info.plan.withoutEmbeds.selecting(Set(members))
        let rows = try await storage.fetch(
            """
            SELECT \(raw: plan.select) FROM \(raw: R.info.table)
            WHERE webshop_id = \(shop) AND \(raw: R.info.key) IN (\(SQL.list(unknown.sorted()))) AND removed_on IS NULL
            """)
        for (index, row) in rows.enumerated() {
            var writer = JSONWriter(capacity: 256)
            writer.object(index, of: RowPage(rows: rows), by: plan, for: tenant)
            let object = try writer.object
            names[try row.id(by: plan)] = Self.definition(object)
        }
    }

    /// The name alone where the rest is what a name alone would give.
    private static func definition(_ object: JSONObject) -> JSON {
        let name = object["name"]?.words ?? ""
        let said = object.members.filter { member in
            switch member.name {
            case "name": true
            case "rewrite_url": member.value != .string(Slug.of(name))
            default: member.value != .null && member.value != .string("") && member.value != 0
            }
        }
        return said.count == 1 ? .string(name) : .object(JSONObject(said))
    }

    // MARK: Categories

    /// The whole tree, once more when a page has a category that came after.
    private mutating func learnCategories(of rows: Rows, from storage: any Storage) async throws {
        var ids: Set<Int64> = []
        for row in rows {
            ids.formUnion(try JSONText(row["categories"]).integers)
            if let main: Int64 = try row["main_category_id"] { ids.insert(main) }
        }
        guard ids.contains(where: { categories[$0] == nil }) else { return }
        let rows = try await storage.fetch(
            """
            SELECT category_id, parent_id, name, rewrite_url FROM categories
            WHERE webshop_id = \(shop) AND removed_on IS NULL
            """)
        let nodes = Dictionary(
            try rows.map { (try $0["category_id"] as Int64, try Node($0)) }, uniquingKeysWith: { first, _ in first })
        categories = nodes.keys.reduce(into: [:]) { $0[$1] = Self.path(to: $1, nodes) }
        // What is removed has no path, and is not to be looked for again.
        for id in ids where categories[id] == nil { categories[id] = .null }
    }

    private struct Node {
        let parent: Int64
        let name: String
        let address: String

        init(_ row: Row) throws {
            (parent, name, address) = (try row["parent_id"], try row["name"], try row["rewrite_url"])
        }
    }

    private static func path(to id: Int64, _ nodes: [Int64: Node]) -> JSON {
        var path: [Node] = []
        var next = id
        while let node = nodes[next], path.count < CategoryTree.levelsMax {
            path.append(node)
            next = node.parent
        }
        var slugs: [String] = []
        return .array(
            path.reversed().map { node in
                slugs.append(Slug.of(node.name))
                if node.address == CategoryNames.address(slugs) { return .string(node.name) }
                return ["name": .string(node.name), "rewrite_url": .string(node.address)]
            })
    }

    // MARK: Products

    /// The own numbers of the products that a page's products name.
    private mutating func learnProducts(of rows: Rows, from storage: any Storage) async throws {
        var ids: Set<Int64> = []
        for row in rows {
            for column in ["related", "similar_products"] as [StaticString] {
                ids.formUnion(try JSONText(row[column]).integers)
            }
            ids.formUnion(try row.members.map(\.id))
            if let canonical: Int64 = try row["canonical_id"] { ids.insert(canonical) }
        }
        let statements = SQL.each(ids.sorted()) { some in
            """
            SELECT product_id, own_id FROM products WHERE webshop_id = \(shop) AND product_id IN (\(some))
            AND removed_on IS NULL
            """
        }
        products = try await storage.fetch(statements).joined().reduce(into: [:]) { products, row in
            products[try row["product_id"]] = try row["own_id"] as String?
        }
    }

    // MARK: Profiles

    private mutating func learnProfiles(_ ids: Set<Int64>, from storage: any Storage) async throws {
        let unknown = ids.filter { profiles[$0] == nil }
        guard !unknown.isEmpty else { return }
        let list = SQL.list(unknown.sorted())
        let answers = try await storage.fetch([
            "SELECT profile_id, name, tag FROM profiles WHERE webshop_id = \(shop) AND profile_id IN (\(list))",
            """
            SELECT profile_id, attribute_id, name, data_type, is_variant FROM profile_attributes
            WHERE webshop_id = \(shop) AND profile_id IN (\(list)) AND removed_on IS NULL
            ORDER BY profile_id, weight, attribute_id
            """,
        ])
        for row in answers[0] {
            profiles[try row["profile_id"]] = Profile(name: try row["name"], tag: try row["tag"])
        }
        for row in answers[1] {
            let type = try ProfileAttribute.DataType(column: try row["data_type"])
            let attribute = Attribute(
                id: try row["attribute_id"], name: try row["name"], type: type, isVariant: try row["is_variant"])
            profiles[try row["profile_id"]]?.attributes.append(attribute)
        }
    }

    private mutating func learnValues(of parts: ExportedParts, from storage: any Storage) async throws {
        let types = Dictionary(
            profiles.values.flatMap(\.attributes).map { ($0.id, $0.type) }, uniquingKeysWith: { first, _ in first })
        var ids: Set<Int64> = []
        for row in parts.attributes.values.joined()
        where types[row.id("attribute_id") ?? 0]?.isList == true {
            if let id = row.id("value") { ids.insert(id) }
        }
        for row in parts.settings.values.joined() {
            ids.formUnion(["attribute_value_id", "attribute_value_id_2"].compactMap { row.id($0) })
        }
        let unknown = ids.filter { values[$0] == nil }
        guard !unknown.isEmpty else { return }
        let rows = try await storage.fetch(
            """
            SELECT attribute_value_id, val, color, weight FROM profile_attribute_values
            WHERE webshop_id = \(shop) AND attribute_value_id IN (\(SQL.list(unknown.sorted())))
            """)
        for row in rows {
            values[try row["attribute_value_id"]] = Value(
                val: try row["val"], color: try row["color"], weight: try row["weight"])
        }
    }
}

extension Row {
    /// The members of a bundle and how many there are of each.
    var members: [(id: Int64, count: JSON)] {
        get throws {
            guard case .array(let rows) = try JSONText(self["bundle_data"]).json
            else { return [] }
            return rows.compactMap { row in
                guard case .object(let object) = row, let id = object.id("product_id") else { return nil }
                return (id, object["count"] ?? 1)
            }
        }
    }
}

extension JSONObject {
    /// A member that is an id.
    func id(_ name: String) -> Int64? {
        if case .number(let number) = self[name] { number.integer?.int64 } else { nil }
    }
}
