import Basics
import Commerce
import Persistence
import Resources

/// A page of products with everything that is said of them, ready to be written in either format.
struct ExportPage {
    let rows: Rows
    let tenant: Tenant
    private let names: ExportNames
    private let parts: ExportedParts

    init(_ rows: Rows, _ parts: ExportedParts, _ names: ExportNames, _ tenant: Tenant) {
        self.rows = rows
        self.parts = parts
        self.names = names
        self.tenant = tenant
    }

    /// One line of JSON for each product.
    func lines() throws -> [UInt8] {
        var writer = JSONWriter(capacity: 4096 + rows.bytes.count * 2)
        let page = RowPage(rows: rows)
        for index in rows.indices {
            if try isPriced(index) {
                writer.openObject(index, of: page, by: ExportedColumns.plain, for: tenant)
            } else {
                writer.raw(try unpriced(index, page))
            }
            for member in try named(index).members {
                writer.byte(UInt8(ascii: ","))
                writer.name(member.name)
                writer.value(member.value)
            }
            for (name, value) in try [("stock_settings", variants(index)), ("images", pictures(index))]
            where !value.isEmpty {
                writer.byte(UInt8(ascii: ","))
                writer.name(name)
                writer.value(.array(value.map { .object($0) }))
            }
            writer.raw("}\n" as StaticString)
        }
        return writer.bytes
    }

    func isPriced(_ index: Int) throws -> Bool { try rows[index]["is_priced"] }

    /// The plain fields of a product without a price, with the word for that; open at its end.
    private func unpriced(_ index: Int, _ page: RowPage) throws -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.object(index, of: page, by: ExportedColumns.plain, for: tenant)
        let object = try writer.object
        let members = object.members.map { $0.name == "price" ? .init("price", .string(ButikCSV.unpriced)) : $0 }
        return JSON.object(JSONObject(members)).bytes.dropLast()
    }

    private func id(_ index: Int) throws -> Int64 { try rows[index].id(by: ExportedColumns.plan) }

    // MARK: What a product refers to

    /// The members that stand for ids. All of them: what is empty here is to be empty there.
    func named(_ index: Int) throws -> JSONObject {
        let row = rows[index]
        var object = JSONObject()
        func give(_ name: String, _ column: StaticString, _ from: [Int64: JSON]) throws {
            object.append(name, try (row[column] as Int64?).flatMap { from[$0] } ?? .null)
        }
        try give("brand", "brand_id", names.brands)
        try give("supplier", "supplier_id", names.suppliers)
        try give("manufacturer", "manufacturer_id", names.manufacturers)
        try give("safety_profile", "safety_profile_id", names.safetyProfiles)
        try give("main_category", "main_category_id", names.categories)
        object.append("categories", .array(try categories(row)))
        let worn = try parts.labels[id(index)]?.compactMap { names.labels[$0.id("product_label_id") ?? 0] } ?? []
        object.append("product_labels", .array(worn))
        object.append("profile", try profile(index) ?? .null)
        object.append("attributes", .array(try said(index)))
        let canonical = try (row["canonical_id"] as Int64?).flatMap { names.products[$0] }
        object.append("canonical", canonical.map { .string($0) } ?? .null)
        object.append("related", .array(try products(row, "related")))
        object.append("similar", .array(try products(row, "similar_products")))
        let members = try row.members.compactMap { member in
            names.products[member.id].map { ["own_id": .string($0), "count": member.count] as JSON }
        }
        object.append("bundle", .array(members))
        object.append("suppliers", .array(try sources(index)))
        // A bundle's stock is its members', and that of variants stands with them.
        if members.isEmpty, parts.settings[try id(index)] == nil {
            object.append("stock", .number(JSONNumber(try row["stock"] as Int64)))
        }
        return object
    }

    private func categories(_ row: Row) throws -> [JSON] {
        var paths: [JSON] = []
        for id in try JSONText(row["categories"]).integers {
            // Two categories of one path are one category where they are brought in.
            if let path = names.categories[id], path != .null, !paths.contains(path) { paths.append(path) }
        }
        return paths
    }

    private func products(_ row: Row, _ column: StaticString) throws -> [JSON] {
        try JSONText(row[column]).integers.compactMap {
            names.products[$0].map { .string($0) }
        }
    }

    /// Where it is bought, the first place first. Of equal places the words decide: ids are others elsewhere.
    private func sources(_ index: Int) throws -> [JSON] {
        let rows = try (parts.suppliers[id(index)] ?? []).compactMap { row -> (weight: Int64, object: JSON)? in
            guard let supplier = row.id("supplier_id").flatMap({ names.suppliers[$0] }) else { return nil }
            let said = row.members.filter {
                ProductSupplier.exported.contains($0.name) && $0.value != .null && $0.value != ""
            }
            return (row.id("weight") ?? 0, .object(JSONObject([.init("supplier", supplier)] + said)))
        }
        return rows.sorted { ($0.weight, $0.object.serialized) < ($1.weight, $1.object.serialized) }.map(\.object)
    }

    // MARK: Profiles

    private func known(_ index: Int) throws -> ExportNames.Profile? {
        try (rows[index]["profile_id"] as Int64?).flatMap { names.profiles[$0] }
    }

    /// The profile with its attributes, and of their values those that the product has.
    private func profile(_ index: Int) throws -> JSON? {
        guard let profile = try known(index) else { return nil }
        var used: [Int64: Set<Int64>] = [:]
        for row in try parts.attributes[id(index)] ?? [] {
            if let attribute = row.id("attribute_id"), let value = row.id("value") {
                used[attribute, default: []].insert(value)
            }
        }
        for row in try parts.settings[id(index)] ?? [] {
            for suffix in ["", "_2"] {
                guard let attribute = row.id("attribute_id" + suffix), let value = row.id("attribute_value_id" + suffix)
                else { continue }
                used[attribute, default: []].insert(value)
            }
        }
        let attributes = profile.attributes.map { attribute -> JSON in
            var object = JSONObject([
                .init("name", .string(attribute.name)), .init("data_type", .string(attribute.type.rawValue)),
                .init("is_variant", attribute.isVariant ? 1 : 0),
            ])
            if attribute.type.isList { object.give("values", values(used[attribute.id] ?? [])) }
            return .object(object)
        }
        var object = JSONObject([.init("name", .string(profile.name))])
        object.give("tag", profile.tag ?? "")
        object.append("attributes", .array(attributes))
        return .object(object)
    }

    private func values(_ ids: Set<Int64>) -> [JSON] {
        let values = ids.compactMap { names.values[$0] }.sorted { ($0.weight, $0.val) < ($1.weight, $1.val) }
        return values.map { value in
            var object = JSONObject([.init("val", .string(value.val))])
            object.give("color", value.color ?? "")
            object.append("weight", .number(JSONNumber(value.weight)))
            return .object(object)
        }
    }

    private func said(_ index: Int) throws -> [JSON] {
        guard let profile = try known(index) else { return [] }
        return try (parts.attributes[id(index)] ?? []).compactMap { row in
            guard let attribute = profile.attributes.first(where: { $0.id == row.id("attribute_id") }) else {
                return nil
            }
            if attribute.type.isList {
                guard let value = row.id("value").flatMap({ names.values[$0] }) else { return nil }
                return ["name": .string(attribute.name), "val": .string(value.val)]
            }
            return ["name": .string(attribute.name), "value": row["value"] ?? .null]
        }
    }

    // MARK: Variants and pictures

    private static let variantIDs: Set<String> = [
        "attribute_id", "attribute_value_id", "attribute_id_2", "attribute_value_id_2", "variant_id", "variant_name",
    ]

    private static let prices: Set<String> = ["price", "sale_price"]

    /// The variants by the names of what they differ in, with their stock.
    func variants(_ index: Int) throws -> [JSONObject] {
        guard let profile = try known(index) else { return [] }
        let rows = try (parts.settings[id(index)] ?? []).map {
            row -> (key: [String], weights: [Int64], object: JSONObject) in
            var options = JSONObject()
            var weights: [Int64] = []
            for suffix in ["", "_2"] {
                guard let attribute = profile.attributes.first(where: { $0.id == row.id("attribute_id" + suffix) }),
                    let value = row.id("attribute_value_id" + suffix).flatMap({ names.values[$0] })
                else { continue }
                options.append(attribute.name, .string(value.val))
                weights.append(value.weight)
            }
            var object = JSONObject([.init("options", .object(options))])
            // A price that is the product's is said, so that an older one of its own does not stay.
            for member in row.members
            where !Self.variantIDs.contains(member.name) && (member.value != .null || Self.prices.contains(member.name))
            {
                object.append(member.name, member.value)
            }
            if let count = row.id("variant_id").flatMap({ parts.stock[$0] }) { object.append("stock", count) }
            return (options.members.map { $0.value.words ?? "" }, weights, object)
        }
        // Values of one weight stand by their names, because the order in which they were made is another elsewhere.
        return rows.sorted {
            $0.weights == $1.weights
                ? $0.key.lexicographicallyPrecedes($1.key) : $0.weights.lexicographicallyPrecedes($1.weights)
        }.map(\.object)
    }

    /// The pictures in their order, each by the address it came from.
    func pictures(_ index: Int) throws -> [JSONObject] {
        try (parts.images[id(index)] ?? []).compactMap { ExportedPicture.object($0) }
    }
}

extension JSONWriter {
    /// What was written, as an object again: what an export changes of it.
    var object: JSONObject {
        get throws {
            guard case .object(let object) = try JSONText(text).json else {
                throw UnreadableValue(expected: "an object", found: .text(text))
            }
            return object
        }
    }
}
