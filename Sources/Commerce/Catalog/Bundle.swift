import Basics
import Persistence
import Resources

/// Products sold together under one product. A bundle has no stock of its own: there are as many as its members allow, and
/// an order of it takes theirs. A bundle holds plain products only, so that what an order takes is read in one step.
enum Bundle {
    private static let membersMax = 100
    private static let countMax: Int64 = 1_000_000

    struct Member: Equatable {
        let id: Int64
        var count: Int64
    }

    // MARK: What it holds

    /// Reads the members a client gave (ids or `{product_id, count}`) and stores both forms the wire shows, and their index.
    /// An id alone keeps the count it had: clients that know only ids must not lose it.
    static func settle(_ product: inout Product, replacing old: Product?, in tx: Transaction) throws {
        guard case .array(let given) = try product.bundle.json else { return }
        guard given.count <= membersMax else {
            throw Problem.invalid("/bundle", "too_long", "takes at most \(membersMax) members")
        }
        let elements = try withoutOwnKeys(given, in: tx)
        let held = try old.map { try stored(in: $0.id.rawValue, tx) } ?? []
        let named = try elements.enumerated().map { try member($1, at: "/bundle/\($0)", [], tx.tenant).id }
        // One that is named several times is counted by that, each time one, and not by what it had.
        let once = held.filter { member in named.count { $0 == member.id } == 1 }
        let wanted = try elements.enumerated().map { try member($1, at: "/bundle/\($0)", once, tx.tenant) }
        if !wanted.isEmpty { try refuse(wanted, of: product, isNew: held.isEmpty, in: tx) }
        let members = try merged(wanted)
        if members != held { try write(members, of: product.id.rawValue, in: tx) }
        product.bundle = .list(members.map(\.id))
        product.bundleData = try data(of: product.id.rawValue, in: tx)
    }

    /// The rows with ids in the place of `own_id:ABC-1`, or of `{own_id, count}`.
    private static func withoutOwnKeys(_ elements: [JSON], in tx: Transaction) throws -> [JSON] {
        let keys = elements.map { element -> String? in
            guard case .object(let row) = element else { return element.ownKey(of: Product.info)?.text }
            if row["product_id"] == nil, case .string(let own)? = row["own_id"] { return own.asKey }
            return row["product_id"]?.ownKey(of: Product.info)?.text
        }
        let known = try SKUs.units(keys.compactMap { $0 }, in: tx)
        return try zip(elements, keys).enumerated().map { index, pair in
            guard let key = pair.1 else { return pair.0 }
            guard let unit = known[key], unit.variantID == nil else {
                throw Problem.invalid("/bundle/\(index)", "unknown_product", "\(key) names no product of this shop")
            }
            let id = JSONObject.Member("product_id", .number(JSONNumber(unit.productID)))
            guard case .object(let row) = pair.0 else { return id.value }
            return .object(JSONObject([id] + row.without(["product_id", "own_id"]).members))
        }
    }

    private static func member(
        _ json: JSON, at pointer: String, _ held: [Member], _ tenant: Tenant
    ) throws -> Member {
        func plain(_ id: Int64) -> Member { held.first { $0.id == id } ?? Member(id: id, count: 1) }
        switch json {
        case .number(let number):
            if let id = number.integer?.int64 { return plain(id) }
        case .string(let text):
            if let id = WholeNumber(strict: text)?.int64 { return plain(id) }
        case .object(let object):
            var reader = MemberReader(object, at: pointer, tenant)
            let id = reader.integer("product_id", 1...Int64.max)
            let count = reader.integer("count", 1...countMax)
            try reader.finish()
            if let id { return count.map { Member(id: id, count: $0) } ?? plain(id) }
        default: break
        }
        throw Problem.invalid(pointer, "type", "must be a product's id, or {product_id, count}")
    }

    /// A member named twice is there twice.
    private static func merged(_ members: [Member]) throws -> [Member] {
        try members.reduce(into: []) { merged, member in
            guard let place = merged.firstIndex(where: { $0.id == member.id }) else { return merged.append(member) }
            merged[place].count += member.count
            if merged[place].count > countMax {
                throw Problem.invalid("/bundle", "range", "holds too many of one product")
            }
        }
    }

    /// Refuses what cannot be in a bundle. Bundles are changed alone in the shop, because two that each look fine can put a
    /// bundle into a bundle together.
    private static func refuse(_ members: [Member], of product: Product, isNew: Bool, in tx: Transaction) throws {
        try tx.standAlone()
        let ids = members.map(\.id)
        let live = Set(
            try tx.db.rows(
                """
                SELECT product_id FROM products WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.list(ids)))
                AND removed_on IS NULL
                """
            ).integers("product_id"))
        let bundles = try bundles(among: ids, in: tx)
        let errors = ids.enumerated().compactMap { index, id -> Problem.FieldError? in
            let pointer = "/bundle/\(index)"
            if id == product.id.rawValue { return .init(pointer, "nested_bundle", "is the bundle itself") }
            if !live.contains(id) { return .init(pointer, "unknown_product", "names no product of this shop") }
            return bundles.contains(id) ? .init(pointer, "nested_bundle", "is a bundle itself; name its members") : nil
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        let around = try tx.db.row(
            """
            SELECT bundle_id FROM bundle_members WHERE webshop_id = \(tx.shop) AND product_id = \(product.id) LIMIT 1
            """)
        if let around: Int64 = try around.map({ try $0["bundle_id"] }) {
            throw Problem.invalid("/bundle", "nested_bundle", "must be empty: the product is in the bundle \(around)")
        }
        let left = isNew ? try ownStock(of: product.id.rawValue, in: tx) : 0
        if left == 0 { return }
        throw Problem.conflict(
            "bundle_stock", "The product has \(left) in stock of its own; count that to 0 before it becomes a bundle.",
            errors: [.init("/bundle", "bundle_stock", "must be empty while the product has stock of its own")])
    }

    private static func write(_ members: [Member], of bundle: Int64, in tx: Transaction) throws {
        tx.markChanged("bundle_members")
        try tx.db.run("DELETE FROM bundle_members WHERE webshop_id = \(tx.shop) AND bundle_id = \(bundle)")
        try tx.db.run(
            SQL.insertions(
                "INSERT INTO bundle_members (webshop_id, bundle_id, product_id, count, place) VALUES",
                members.enumerated().map { place, member in
                    [tx.shop, bundle, member.id, member.count, Int64(place)].map(\.sqlValue)
                }))
    }

    private static func stored(in bundle: Int64, _ tx: Transaction) throws -> [Member] {
        try tx.db.rows(
            """
            SELECT product_id, count FROM bundle_members
            WHERE webshop_id = \(tx.shop) AND bundle_id = \(bundle) ORDER BY place
            """
        ).map { Member(id: try $0["product_id"], count: try $0["count"]) }
    }

    /// `[{product_id, name, count}]`
    private static func data(of bundle: Int64, in tx: Transaction) throws -> JSONText {
        let rows = try tx.db.rows(
            """
            SELECT m.product_id, p.name, m.count FROM bundle_members m
            JOIN products p ON p.webshop_id = m.webshop_id AND p.product_id = m.product_id
            WHERE m.webshop_id = \(tx.shop) AND m.bundle_id = \(bundle) ORDER BY m.place
            """)
        return JSONText(
            JSON.array(
                try rows.map { row in
                    [
                        "product_id": .number(JSONNumber(try row["product_id"] as Int64)),
                        "name": .string(try row["name"]), "count": .number(JSONNumber(try row["count"] as Int64)),
                    ]
                }
            ).serialized)
    }

    // MARK: What happens to its members

    /// The bundles a product is in show its new name.
    fileprivate static func renamed(_ product: Product, in tx: Transaction) throws {
        let members: SQL = "bundle_members WHERE webshop_id = \(tx.shop) AND product_id = \(product.id)"
        guard try tx.db.row("SELECT 1 FROM \(members) LIMIT 1") != nil else { return }
        // Behind the product itself, and so in no order with others who hold products.
        try tx.standAlone()
        for var bundle in try tx.takeAll(Product.self, where: "product_id IN (SELECT bundle_id FROM \(members))") {
            bundle.bundleData = try data(of: bundle.id, in: tx)
            try tx.update(bundle)
        }
    }

    /// A deleted bundle holds nothing. A deleted member stays where it was, and its bundles are out of stock: one that was
    /// sold without it would be another product.
    fileprivate static func removed(_ product: Product, in tx: Transaction) throws {
        guard product.bundle != .emptyList else { return }
        try write([], of: product.id.rawValue, in: tx)
    }

    // MARK: Its stock

    /// How many whole bundles the members allow, as SQL; null for a product that is none. A member that may be sold below
    /// zero sets no limit, unless all are of that kind; one that was deleted allows none.
    /// - Parameter bundle: the table whose `webshop_id` and `product_id` name the bundle.
    static func whole(of bundle: String) -> String {
        let each = """
            coalesce((SELECT CAST(sum(ms.count) AS BIGINT) FROM stock_levels ms WHERE ms.webshop_id = m.webshop_id
            AND ms.product_id = m.product_id AND ms.removed_on IS NULL), 0) / m.count
            """
        return """
            (SELECT coalesce(min(CASE WHEN coalesce(mp.removed_on, 0) > 0 THEN 0
            WHEN mp.allow_negative_stock = 1 THEN NULL ELSE \(each) END), min(\(each)))
            FROM bundle_members m JOIN products mp ON mp.webshop_id = m.webshop_id AND mp.product_id = m.product_id
            WHERE m.webshop_id = \(bundle).webshop_id AND m.bundle_id = \(bundle).product_id)
            """
    }

    /// Refuses to count or move the stock of bundles.
    /// - Parameter products: product and where it stands in the body.
    static func refuseStock(of products: [(id: Int64, pointer: String)], in tx: Transaction) throws {
        let bundles = try bundles(among: products.map(\.id), in: tx)
        let errors = products.filter { bundles.contains($0.id) }.map {
            Problem.FieldError($0.pointer, "bundle_stock", "product \($0.id) is a bundle; count its members")
        }
        if errors.isEmpty { return }
        throw Problem.conflict("bundle_stock", "The stock of a bundle follows its members.", errors: errors)
    }

    private static func bundles(among ids: [Int64], in tx: Transaction) throws -> Set<Int64> {
        Set(
            try tx.db.rows(
                """
                SELECT DISTINCT bundle_id FROM bundle_members
                WHERE webshop_id = \(tx.shop) AND bundle_id IN (\(SQL.list(ids)))
                """
            ).integers("bundle_id"))
    }
}

extension Follower<Product> {
    /// The bundles it is in, and what it holds as one.
    static var bundles: Follower {
        Follower(
            stored: { drafts, tx in
                for draft in drafts where draft.old.map({ $0.name != draft.new.name }) ?? false {
                    try Bundle.renamed(draft.new, in: tx)
                }
            }, removed: { try Bundle.removed($0.value, in: $1) })
    }
}
