import Basics
import Persistence
import Resources

/// What a product says of itself, attribute by attribute. Read and written as fact sheet 2.2.2 has it, with readable names
/// added: `{attribute_id, value, name, val}`, where `value` is the attribute_value_id for lists.
enum ProductAttributes {
    private static let rowsMax = 200
    /// Of all attributes together.
    private static let valuesMax = 1000

    /// One row of the table.
    private struct Row: Equatable {
        let attributeID: Int64
        /// 0 where the attribute has no list.
        let valueID: Int64
        /// As JSON. A text that is written otherwise is another, whatever it looks like.
        let value: ExactText
        let plain: ExactText

        init(attributeID: Int64, valueID: Int64, value: String, plain: String) {
            (self.attributeID, self.valueID) = (attributeID, valueID)
            (self.value, self.plain) = (ExactText(value), ExactText(plain))
        }

        /// Only a list lets a product have several values of one attribute.
        func isSamePlace(as other: Row) -> Bool {
            attributeID == other.attributeID && valueID == other.valueID
        }
    }

    /// One value as the client wants it.
    private struct Wish {
        let attributeID: Int64
        let value: JSON
        /// Whether it is meant as the words of a list, not as an id.
        let isWord: Bool
        let pointer: String
    }

    static let embed = Embed(
        "attributes", of: "product_attributes", key: "attribute_id", by: "product_id", order: "place",
        parts: ProductParts.attributes,
        [
            .computed("attribute_id", .integer, "attribute_id"),
            .computed("value", .json, "value", about: "The attribute_value_id for lists, else the value itself."),
            .computed(
                "name", .text,
                """
                (SELECT a.name FROM profile_attributes a WHERE a.webshop_id = product_attributes.webshop_id
                AND a.attribute_id = product_attributes.attribute_id)
                """, nullable: true),
            .computed(
                "val", .text,
                """
                coalesce((SELECT v.val FROM profile_attribute_values v WHERE v.webshop_id = product_attributes.webshop_id
                AND v.attribute_value_id = product_attributes.attribute_value_id), plain)
                """),
        ])

    /// Replaces the products' values by those given; without any, a product that changes its profile loses those it had.
    /// - Parameter isStrict: refuses an attribute the profile does not have, which is otherwise passed over as an unknown
    ///   field is: existing clients send the same rows to every shop.
    static func store(_ products: inout [Described<Product>], isStrict: Bool, in tx: Transaction) throws {
        try settleProfiles(&products, isStrict: isStrict, in: tx)
        let wishes = try products.map { try $0.body["attributes"].map { try self.wishes($0, tx.tenant) } }
        let concerned = products.indices.filter { wishes[$0] != nil || products[$0].losesAttributes }
        guard !concerned.isEmpty else { return }
        let known = try Known(concerned.flatMap { wishes[$0] ?? [] }, in: tx)
        let had = concerned.map { products[$0] }.filter { $0.oldParts & ProductParts.attributes != 0 }
        let stored = try stored(of: had.map(\.id), in: tx)
        var written: [(product: Int64, rows: [Row])] = []
        for index in concerned {
            let product = products[index].new
            // A list that says nothing of this profile says nothing of the product: it must not lose what it has.
            if !isStrict, let wish = wishes[index], !wish.isEmpty, !known.isAny(wish, of: product),
                !products[index].losesAttributes
            {
                continue
            }
            let rows = try known.rows(of: wishes[index] ?? [], for: product, isStrict: isStrict, tx.tenant)
            guard rows != stored[product.id.rawValue] ?? [] else { continue }
            written.append((product.id.rawValue, rows))
            products[index].note(ProductParts.attributes, !rows.isEmpty)
            products[index].hasNewParts = true
        }
        try ProductParts.replace(
            "product_attributes", ["attribute_id", "attribute_value_id", "value", "plain"],
            written.map { product, rows in
                let values = rows.map { row -> [SQLValue] in
                    [.integer(row.attributeID), .integer(row.valueID), .text(row.value.text), .text(row.plain.text)]
                }
                return (product, values)
            }, having: stored.keys, in: tx)
        WordsChanged.touch(written.map(\.product), in: tx)
    }

    /// Existing clients send any number as the profile (fact sheet 1.4), so one that is unknown counts as none.
    private static func settleProfiles(
        _ products: inout [Described<Product>], isStrict: Bool, in tx: Transaction
    ) throws {
        let moved = products.indices.filter {
            products[$0].new.profileID != 0 && products[$0].new.profileID != products[$0].old?.profileID
        }
        let named = Set(moved.map { products[$0].new.profileID })
        let known = Set(try tx.findAll(Profile.self, named.sorted()).map(\.id.rawValue))
        for index in moved where !known.contains(products[index].new.profileID) {
            if isStrict { throw Problem.invalid("/profile_id", "unknown_profile", "names no profile of this shop") }
            products[index].new.profileID = 0
        }
    }

    private static func stored(of products: [Int64], in tx: Transaction) throws -> [Int64: [Row]] {
        guard !products.isEmpty else { return [:] }
        return try tx.db.rows(
            """
            SELECT product_id, attribute_id, attribute_value_id, value, plain FROM product_attributes
            WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.paddedList(products))) ORDER BY product_id, place
            """
        ).reduce(into: [:]) { stored, row in
            stored[try row["product_id"], default: []].append(
                Row(
                    attributeID: try row["attribute_id"], valueID: try row["attribute_value_id"],
                    value: try row["value"], plain: try row["plain"]))
        }
    }

    // MARK: Reading what the client wants

    private static func wishes(_ given: JSON, _ tenant: Tenant) throws -> [Wish] {
        var errors: [Problem.FieldError] = []
        let elements = try given.elements(at: "/attributes", atMost: rowsMax)
        let wishes = elements.enumerated().flatMap { Self.wishes($1, at: "/attributes/\($0)", tenant, &errors) }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        guard wishes.count <= valuesMax else {
            throw Problem.invalid("/attributes", "too_long", "has \(wishes.count) values; at most \(valuesMax)")
        }
        return wishes
    }

    /// The wishes of one element: a list as its value stands for several values of the attribute.
    private static func wishes(
        _ element: JSON, at pointer: String, _ tenant: Tenant, _ errors: inout [Problem.FieldError]
    ) -> [Wish] {
        guard case .object(let object) = element else {
            errors.append(.init(pointer, "type", "must be an object {attribute_id, value}"))
            return []
        }
        var reader = MemberReader(object, at: pointer, tenant)
        let id = reader.integer("attribute_id", 1...Int64.max)
        if id == nil, reader.errors.isEmpty { reader.report("attribute_id", "required", "is required") }
        errors += reader.errors
        guard let id else { return [] }
        let isWord = object["value"] == nil || object["value"] == .null
        let value = (isWord ? object["val"] : object["value"]) ?? .null
        let values: [JSON] = if case .array(let several) = value { several } else { [value] }
        return values.map { Wish(attributeID: id, value: $0, isWord: isWord, pointer: pointer) }
    }

    /// The attributes that wishes name, and the values of those that are lists.
    private struct Known {
        private let attributes: [Int64: ProfileAttribute]
        /// The live values of lists: their words, by attribute and id.
        private let lists: [Int64: [Int64: String]]

        init(_ wishes: [Wish], in tx: Transaction) throws {
            let named = try tx.findAll(ProfileAttribute.self, Array(Set(wishes.map(\.attributeID))).sorted())
            attributes = Dictionary(named.map { ($0.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
            let statements = SQL.each(named.filter(\.dataType.isList).map(\.id)) { some in
                """
                SELECT attribute_id, attribute_value_id, val FROM profile_attribute_values WHERE webshop_id = \(tx.shop)
                AND attribute_id IN (\(some)) AND removed_on IS NULL
                """
            }
            lists = try tx.db.fetch(statements).joined().reduce(into: [:]) { lists, row in
                lists[try row["attribute_id"], default: [:]][try row["attribute_value_id"]] = try row["val"] as String
            }
        }

        /// Whether any of them names an attribute of the product's profile.
        func isAny(_ wishes: [Wish], of product: Product) -> Bool {
            wishes.contains { attributes[$0.attributeID]?.profileID == product.profileID }
        }

        /// The rows that a product's wishes come to.
        func rows(of wishes: [Wish], for product: Product, isStrict: Bool, _ tenant: Tenant) throws -> [Row] {
            var errors: [Problem.FieldError] = []
            var rows: [Row] = []
            for wish in wishes {
                guard let attribute = attributes[wish.attributeID], attribute.profileID == product.profileID else {
                    guard isStrict else { continue }
                    let message = "names no attribute of profile \(product.profileID)"
                    errors.append(.init(wish.pointer + "/attribute_id", "unknown_attribute", message))
                    continue
                }
                do throws(FieldFault) {
                    let row = try ProductAttributes.row(of: wish, attribute, lists[wish.attributeID] ?? [:], tenant)
                    guard let row, !rows.contains(where: { $0.isSamePlace(as: row) }) else { continue }
                    rows.append(row)
                } catch {
                    errors.append(.init(wish.pointer + (wish.isWord ? "/val" : "/value"), error.code, error.message))
                }
            }
            if !errors.isEmpty { throw Problem.invalid(errors) }
            return rows
        }
    }

    /// The row for a wish; nil where an empty value means that the product has none.
    private static func row(
        of wish: Wish, _ attribute: ProfileAttribute, _ list: [Int64: String], _ tenant: Tenant
    ) throws(FieldFault) -> Row? {
        if wish.value == .null || wish.value == .string("") { return nil }
        let kind: FieldKind =
            switch attribute.dataType {
            case .valuelist, .color: .integer
            case .text: .text
            case .number: .decimal(places: 6)
            case .boolean: .flag
            }
        if attribute.dataType.isList {
            let id = try valueID(of: wish, list)
            return Row(attributeID: wish.attributeID, valueID: id, value: String(id), plain: "")
        }
        let field = FieldInfo(name: "value", kind: kind, isNullable: true, rules: [.length(0...4000)])
        let column = try field.column(of: wish.value, tenant: tenant)
        try field.check(column, for: tenant)
        var json = JSONWriter(capacity: 32)
        switch column {
        case .null: return nil
        case .text(let text): json.string(text)
        case .integer(let value): json.decimal(value, places: kind == .flag ? 0 : 6)
        }
        let plain: String = if case .text(let text) = column { text } else { json.text }
        return Row(attributeID: wish.attributeID, valueID: 0, value: json.text, plain: plain)
    }

    private static func valueID(of wish: Wish, _ list: [Int64: String]) throws(FieldFault) -> Int64 {
        if let id = list.valueID(of: wish.value, isWord: wish.isWord) { return id }
        let words = list.sorted { $0.key < $1.key }.prefix(10).map { "\($0.key) (\($0.value))" }
        throw FieldFault(
            "unknown_value",
            list.isEmpty
                ? "names no value; the attribute's list is empty"
                : "names no value of the attribute; it has \(words.joined(separator: ", "))")
    }
}

extension Described<Product> {
    /// Whether it had values of a profile that is not its own any more.
    fileprivate var losesAttributes: Bool {
        old.map { $0.profileID != new.profileID } ?? false && oldParts & ProductParts.attributes != 0
    }
}

extension Part<Product> {
    /// What it says of itself.
    static var attributes: Part {
        Part(
            { _ in
                [
                    .embedded(
                        ProductAttributes.embed, after: "html_fields", about: "What it says of itself, by its profile.")
                ]
            }, store: { try ProductAttributes.store(&$0, isStrict: $1, in: $2) })
    }
}
