import Basics
import Persistence
import Resources

/// Which products a landing page shows. All that is said must hold; of a list, any one is enough. What is in `include` is
/// shown whatever else is said, what is in `exclude` never. A rule that says nothing shows nothing.
struct LandingPageRule {
    /// One attribute and the values of it that are wanted.
    struct Choice {
        let attributeID: Int64
        /// Of an attribute that has a list.
        var valueIDs: [Int64] = []
        /// Of any other: what products say, as text.
        var texts: [String] = []
    }

    var labels: [Int64] = []
    var categories: [Int64] = []
    var withDescendants = true
    var brands: [Int64] = []
    var suppliers: [Int64] = []
    var priceFrom: Amount?
    var priceTo: Amount?
    var inStock = false
    var onSale = false
    var attributes: [Choice] = []
    var include: [Int64] = []
    var exclude: [Int64] = []

    static let about = """
        Which products it shows: `labels` (ids or names; also called `tags`), `categories` (with what is below them, unless \
        `descendants` is 0), `brands`, `suppliers`, `price_from`, `price_to` (of what a unit costs now), `in_stock`, `on_sale`, \
        `attributes` (`{attribute_id, values}`). All that is said must hold; of a list, any one. `include` adds products, \
        `exclude` takes them out.
        """

    static let members = [
        "labels", "tags", "categories", "descendants", "brands", "suppliers", "price_from", "price_to", "in_stock",
        "on_sale", "attributes", "include", "exclude",
    ]

    /// Reads a rule that was stored: it holds ids only, and everything in it was checked.
    init(stored text: String, for tenant: Tenant) throws {
        guard case .object(let object) = try JSONText(text).json else { return }
        var reader = MemberReader(object, at: "/rule", tenant)
        read(&reader)
        labels = reader.ids("labels")
        guard case .array(let elements) = object["attributes"] else { return }
        attributes = elements.compactMap { element in
            guard case .object(let object) = element, case .number(let number) = object["attribute_id"],
                case .array(let values) = object["values"],
                var choice = number.integer.map({ Choice(attributeID: $0.int64) })
            else { return nil }
            for value in values {
                switch value {
                case .number(let number): choice.valueIDs += number.integer.map { [$0.int64] } ?? []
                case .string(let text): choice.texts.append(text)
                default: break
                }
            }
            return choice
        }
    }

    init() {}

    /// What is read alike from a client and from the database.
    mutating func read(_ reader: inout MemberReader) {
        categories = reader.ids("categories")
        withDescendants = reader.flag("descendants") ?? true
        brands = reader.ids("brands")
        suppliers = reader.ids("suppliers")
        priceFrom = reader.amount("price_from", 0...1_000_000_000_000)
        priceTo = reader.amount("price_to", 0...1_000_000_000_000)
        inStock = reader.flag("in_stock") ?? false
        onSale = reader.flag("on_sale") ?? false
        include = reader.ids("include")
        exclude = reader.ids("exclude")
    }

    // MARK: As it is kept

    /// The rule without what says nothing, in one order.
    func json(for tenant: Tenant) -> JSON {
        func list(_ ids: [Int64]) -> JSON { .array(ids.map { .number(JSONNumber($0)) }) }
        func money(_ amount: Amount) -> JSON {
            var writer = JSONWriter(capacity: 64)
            writer.decimal(amount.minor, places: tenant.currency.digits)
            return .number(JSONNumber(text: writer.text))
        }
        var object = JSONObject()
        if !labels.isEmpty { object.append("labels", list(labels)) }
        if !categories.isEmpty {
            object.append("categories", list(categories))
            object.append("descendants", withDescendants ? 1 : 0)
        }
        if !brands.isEmpty { object.append("brands", list(brands)) }
        if !suppliers.isEmpty { object.append("suppliers", list(suppliers)) }
        if let priceFrom { object.append("price_from", money(priceFrom)) }
        if let priceTo { object.append("price_to", money(priceTo)) }
        if inStock { object.append("in_stock", 1) }
        if onSale { object.append("on_sale", 1) }
        if !attributes.isEmpty {
            object.append(
                "attributes",
                .array(
                    attributes.map { choice in
                        [
                            "attribute_id": .number(JSONNumber(choice.attributeID)),
                            "values": .array(
                                choice.valueIDs.map { .number(JSONNumber($0)) } + choice.texts.map { .string($0) }),
                        ]
                    }))
        }
        if !include.isEmpty { object.append("include", list(include)) }
        if !exclude.isEmpty { object.append("exclude", list(exclude)) }
        return .object(object)
    }

    // MARK: As SQL

    /// What holds for a row of `products` that the page shows.
    func condition(_ tenant: Tenant, at now: Instant) -> SQL {
        let wanted = conditions(tenant, at: now)
        var shown: SQL = wanted.isEmpty ? "1 = 0" : SQL.joined(wanted, by: " AND ")
        if !exclude.isEmpty { shown = "\(shown) AND product_id NOT IN (\(SQL.list(exclude)))" }
        guard !include.isEmpty else { return "(\(shown))" }
        let included: SQL = "product_id IN (\(SQL.list(include)))"
        return wanted.isEmpty ? included : "(\(included) OR (\(shown)))"
    }

    private func conditions(_ tenant: Tenant, at now: Instant) -> [SQL] {
        let shop = tenant.webshopID
        var all: [SQL] = []
        if !labels.isEmpty {
            all.append(
                """
                product_id IN (SELECT l.product_id FROM labelled_products l
                WHERE l.webshop_id = \(shop) AND l.product_label_id IN (\(SQL.list(labels))))
                """)
        }
        if !categories.isEmpty { all.append(inCategories(tenant)) }
        if !brands.isEmpty { all.append("brand_id IN (\(SQL.list(brands)))") }
        if !suppliers.isEmpty { all.append("supplier_id IN (\(SQL.list(suppliers)))") }
        for choice in attributes {
            let values: SQL =
                choice.valueIDs.isEmpty
                ? "a.plain IN (\(SQL.list(choice.texts)))" : "a.attribute_value_id IN (\(SQL.list(choice.valueIDs)))"
            all.append(
                """
                product_id IN (SELECT a.product_id FROM product_attributes a
                WHERE a.webshop_id = \(shop) AND a.attribute_id = \(choice.attributeID) AND \(values))
                """)
        }
        let sale: SQL = """
            sale_price < price AND (sale_from IS NULL OR sale_from <= \(now)) AND (sale_to IS NULL OR sale_to > \(now))
            """
        if onSale { all.append("(\(sale))") }
        let price: SQL = "CASE WHEN \(sale) THEN sale_price ELSE price END"
        if let priceFrom { all.append("\(price) >= \(priceFrom)") }
        if let priceTo { all.append("\(price) <= \(priceTo)") }
        if inStock { all.append("\(raw: Product.inStock) > 0") }
        return all
    }

    private func inCategories(_ tenant: Tenant) -> SQL {
        let wanted: SQL = withDescendants ? "SELECT category_id FROM below" : SQL.list(categories)
        let head: SQL = withDescendants ? CategoryTree.below(SQL.list(categories), tenant) : ""
        return """
            product_id IN (\(head) SELECT pc.product_id FROM product_categories pc
            WHERE pc.webshop_id = \(tenant.webshopID) AND pc.category_id IN (\(wanted)))
            """
    }
}
