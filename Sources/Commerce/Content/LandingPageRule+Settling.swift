import Basics
import Persistence
import Resources

extension LandingPageRule {
    private static let attributesMax = 20
    private static let valuesMax = 200

    /// The rule a client wrote, checked and in the form it is kept in: what it names must be there, in this shop.
    static func settled(_ text: JSONText, in tx: Transaction) throws -> JSONText {
        guard case .object(let object) = try text.json else {
            throw Problem.invalid("/rule", "type", "must be an object")
        }
        // A rule with a slip in it would show the wrong products, so nothing in it is passed over.
        let unknown = object.members.map(\.name).filter { !members.contains($0) }
        var errors = unknown.map { Problem.FieldError("/rule/" + $0, "unknown", "is not a condition of a rule") }
        var reader = MemberReader(object, at: "/rule", tx.tenant)
        var rule = LandingPageRule()
        rule.read(&reader)
        errors += reader.errors
        rule.labels = try labels(of: object, in: tx, &errors)
        rule.attributes = try attributes(of: object["attributes"] ?? .null, in: tx, &errors)
        try rule.checkReferences(in: tx, &errors)
        if let from = rule.priceFrom, let to = rule.priceTo, to < from {
            errors.append(.init("/rule/price_to", "range", "must not be below price_from"))
        }
        for (index, id) in rule.exclude.enumerated() where rule.include.contains(id) {
            errors.append(.init("/rule/exclude/\(index)", "contradiction", "is in include too"))
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return JSONText(rule.json(for: tx.tenant).serialized)
    }

    private func checkReferences(in tx: Transaction, _ errors: inout [Problem.FieldError]) throws {
        for (member, info, ids) in [
            ("categories", Category.info, categories), ("brands", Brand.info, brands),
            ("suppliers", Supplier.info, suppliers), ("include", Product.info, include),
            ("exclude", Product.info, exclude),
        ] where !ids.isEmpty {
            let known = Set(
                try tx.db.rows(
                    """
                    SELECT \(raw: info.key) AS id FROM \(raw: info.table) WHERE webshop_id = \(tx.shop)
                    AND \(raw: info.key) IN (\(SQL.list(ids))) AND removed_on IS NULL
                    """
                ).integers("id"))
            for (index, id) in ids.enumerated() where !known.contains(id) {
                let message = "names no \(info.path) of this shop"
                errors.append(.init("/rule/\(member)/\(index)", "unknown_\(info.path)", message))
            }
        }
    }

    /// Labels by id or name, under either of their two names.
    private static func labels(
        of object: JSONObject, in tx: Transaction, _ errors: inout [Problem.FieldError]
    ) throws -> [Int64] {
        var ids: [Int64] = []
        for member in ["labels", "tags"] {
            guard let given = object[member] else { continue }
            let found = try LabelledProducts.ids(of: given, at: "/rule/" + member, in: tx, &errors)
            ids += found.filter { !ids.contains($0) }
        }
        return ids
    }

    // MARK: Attributes

    private static func attributes(
        of given: JSON, in tx: Transaction, _ errors: inout [Problem.FieldError]
    ) throws -> [Choice] {
        var choices: [Choice] = []
        for (index, element) in try given.elements(at: "/rule/attributes", atMost: attributesMax).enumerated() {
            let pointer = "/rule/attributes/\(index)"
            guard case .object(let object) = element else {
                errors.append(.init(pointer, "type", "must be an object {attribute_id, values}"))
                continue
            }
            var reader = MemberReader(object, at: pointer, tx.tenant)
            let id = reader.integer("attribute_id", 1...Int64.max) ?? 0
            errors += reader.errors
            guard let attribute = try tx.findAll(ProfileAttribute.self, [id]).first else {
                let message = "names no profile-attribute of this shop"
                errors.append(.init(pointer + "/attribute_id", "unknown_profile-attribute", message))
                continue
            }
            let isSingle = object["values"] == nil
            let values =
                isSingle
                ? [object["value"] ?? .null]
                : try (object["values"] ?? .null).elements(at: pointer + "/values", atMost: valuesMax)
            if values.isEmpty { errors.append(.init(pointer + "/values", "required", "needs at least one value")) }
            let list = attribute.dataType.isList ? try words(of: attribute, in: tx) : [:]
            var choice = Choice(attributeID: id)
            for (place, value) in values.enumerated() {
                let isKnown =
                    attribute.dataType.isList
                    ? add(value, of: list, to: &choice) : add(value, attribute, tx.tenant, to: &choice)
                if isKnown { continue }
                let member = isSingle ? "/value" : "/values/\(place)"
                errors.append(.init(pointer + member, "unknown_value", "is no value of \(attribute.name)"))
            }
            choices.append(choice)
        }
        return choices
    }

    private static func words(of attribute: ProfileAttribute, in tx: Transaction) throws -> [Int64: String] {
        let rows = try tx.db.rows(
            """
            SELECT attribute_value_id, val FROM profile_attribute_values
            WHERE webshop_id = \(tx.shop) AND attribute_id = \(attribute.id) AND removed_on IS NULL
            """)
        return try rows.reduce(into: [:]) { $0[try $1["attribute_value_id"]] = try $1["val"] as String }
    }

    /// A value of a list: its id, or its words.
    private static func add(_ value: JSON, of list: [Int64: String], to choice: inout Choice) -> Bool {
        guard let id = list.valueID(of: value) else { return false }
        if !choice.valueIDs.contains(id) { choice.valueIDs.append(id) }
        return true
    }

    /// A value of its own, in the words that `product_attributes.plain` keeps.
    private static func add(
        _ value: JSON, _ attribute: ProfileAttribute, _ tenant: Tenant, to choice: inout Choice
    ) -> Bool {
        let kind: FieldKind =
            switch attribute.dataType {
            case .number: .decimal(places: 6)
            case .boolean: .flag
            case .text, .valuelist, .color: .text
            }
        let field = FieldInfo(name: "value", kind: kind, isNullable: true)
        var text = ""
        switch try? field.column(of: value, tenant: tenant) {
        case .text(let words): text = words
        case .integer(let number):
            var writer = JSONWriter(capacity: 32)
            writer.decimal(number, places: kind == .flag ? 0 : 6)
            text = writer.text
        default: break
        }
        guard !text.isEmpty else { return false }
        if !choice.texts.contains(where: { $0.isExactly(text) }) { choice.texts.append(text) }
        return true
    }
}
