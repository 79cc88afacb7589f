import Persistence
import Resources

/// A product's row with the variations that follow it, or variations that stand away from their product.
struct WooProduct {
    private let first: WooCell
    private let product: WooCell?
    private let variations: [WooCell]
    private let options: VariantOptions
    private let choices: [String]
    private let zone: Zone

    init(_ rows: [WooCell], _ known: WooChoices, _ zone: Zone) {
        first = rows[0]
        product = first.isVariation ? nil : first
        variations = rows.filter(\.isVariation)
        choices = known.names(of: first.isVariation ? first.parent : first.ownID)
        let choices = choices
        options = VariantOptions(
            choices,
            of: variations.map { cell in
                choices.map { name in cell.attributes.first { $0.name == name }?.values.first ?? "" }
            })
        self.zone = zone
    }

    private var ownID: String { product == nil ? first.parent : first.ownID }

    var record: Result<ImportRecord, ImportFault> {
        if ownID.isEmpty { return .failure(fault(first, first.isVariation ? "Parent" : "SKU", "is empty")) }
        if let gap = options.firstGap {
            return .failure(
                fault(variations[gap], "Attribute 1 value(s)", "leaves open what the variation is; give it a value"))
        }
        if let twice = options.firstRepeat {
            return .failure(fault(variations[twice], "Attribute 1 value(s)", "names the variant of an earlier row"))
        }
        if !variations.isEmpty, choices.isEmpty {
            return .failure(
                fault(variations[0], "Attribute 1 name", "is empty: nothing tells the variation from others"))
        }
        var body = JSONObject()
        body.append("own_id", .string(ownID))
        if let product { describe(product, &body) }
        if let profile { body.append("profile", profile) }
        body.give("attributes", attributes)
        body.give("stock_settings", variations.indices.map(setting))
        body.give("images", images)
        var record = ImportRecord(first.row.place, body)
        record.mustExist = product == nil
        return .success(record)
    }

    private func fault(_ cell: WooCell, _ column: String, _ reason: String) -> ImportFault {
        ImportFault(cell.row.place, column: column, reason)
    }

    private func describe(_ cell: WooCell, _ body: inout JSONObject) {
        let row = cell.row
        body.append("name", .string(row["Name"]))
        body.give("gtin", row[WooCell.gtin])
        body.give("list_description", row["Short description"])
        body.give("description", row["Description"])
        body.append("is_online", row["Published"] == "1" || row["Published"].isEmpty ? 1 : 0)
        let isHidden = ["catalog", "hidden"].contains(row["Visibility in catalog"].lowercased())
        body.append("no_internal_search", isHidden ? 1 : 0)
        body.give("categories", cell.categories)
        if let main = cell.categories.first { body.append("main_category", main) }
        let featured = row["Is featured?"] == "1" ? ["Featured"] : []
        body.give("product_labels", (featured + cell.list("Tags")).map { .string($0) })
        if let brand = cell.list("Brands").first { body.append("brand", .string(brand)) }
        price(cell, &body)
        // A grouped product has no goods of its own: its members are shown beside it.
        let group = cell.list("Grouped products") + cell.list("Cross-sells")
        body.give("related", group.map { .string($0) })
        body.give("similar", cell.list("Upsells").map { .string($0) })
        body.append("allow_negative_stock", ["1", "notify"].contains(row["Backorders allowed?"].lowercased()) ? 1 : 0)
        if variations.isEmpty { body.give("stock", cell.stock) }
        body.give("min_stock_value", row["Low stock amount"])
        body.give("shipping_weight", cell.mass)
        body.give("weight", row["Position"])
    }

    private func price(_ cell: WooCell, _ body: inout JSONObject) {
        let row = cell.row
        let own = row["Regular price"]
        // A variable product has no price of its own; its first variation's stands for it.
        body.give("price", own.isEmpty ? variations.first?.row["Regular price"] ?? "" : own)
        if !own.isEmpty { body.append("sale_price", row["Sale price"].isEmpty ? .null : .string(row["Sale price"])) }
        body.give("sale_from", row["Date sale price starts"])
        body.give("sale_to", row["Date sale price ends"])
        if row["Tax status"].lowercased() == "none" || row["Tax class"].lowercased() == "zero-rate" {
            body.append("vat", 0)
        }
    }

    private func setting(_ index: Int) -> JSON {
        let cell = variations[index]
        var setting = JSONObject()
        setting.append("options", options.values(of: index))
        // WooCommerce shows the parent's SKU for a variation that has none.
        if cell.row["SKU"] != ownID { setting.give("own_id", cell.row["SKU"]) }
        setting.give("gtin", cell.row[WooCell.gtin])
        if !cell.row["Regular price"].isEmpty {
            setting.append("price", .string(cell.row["Regular price"]))
            setting.append("sale_price", cell.row["Sale price"].isEmpty ? .null : .string(cell.row["Sale price"]))
        }
        setting.give("weight", cell.mass)
        setting.give("stock", cell.stock)
        return .object(setting)
    }

    /// Called after what its products differ in, so that no profile needs more than two such attributes.
    private var profile: JSON? {
        let plain = plainAttributes
        guard !choices.isEmpty || !plain.isEmpty else { return nil }
        let offered = zip(options.names, options.names.indices).map { name, place -> (name: String, values: [String]) in
            let given = product?.attributes.first { $0.name == name }?.values ?? []
            // The parent lists the values in the order that shoppers are to see.
            return (name, given + variations.indices.map { options.values(of: $0) }.compactMap { Self.value($0, name) })
        }
        let name = choices.isEmpty ? "Attributes" : options.names.joined(separator: " / ")
        guard case .object(var profile) = VariantOptions.profile(name, choices: offered),
            case .array(var attributes) = profile["attributes"]
        else { return nil }
        attributes += plain.map { attribute in
            [
                "name": .string(attribute.name), "data_type": "valuelist", "is_variant": 0,
                "values": .array(attribute.values.map { ["val": .string($0)] }),
            ]
        }
        profile = profile.without(["attributes"])
        profile.append("attributes", .array(attributes))
        return .object(profile)
    }

    private static func value(_ options: JSON, _ name: String) -> String? {
        if case .object(let object) = options { object[name]?.words } else { nil }
    }

    /// What the product says of itself beside what its variations differ in.
    private var plainAttributes: [WooCell.Attribute] {
        (product?.attributes ?? []).filter { !choices.contains($0.name) }
    }

    private var attributes: [JSON] {
        plainAttributes.flatMap { attribute in
            attribute.values.map { ["name": .string(attribute.name), "val": .string($0)] }
        }
    }

    private var images: [JSON] {
        var images: [(url: String, variant: String)] = (product?.list("Images") ?? []).map { ($0, "") }
        for (index, cell) in variations.enumerated() {
            for url in cell.list("Images") where !images.contains(where: { $0.url == url && !$0.variant.isEmpty }) {
                images.removeAll { $0.url == url }
                images.append((url, options.name(of: index)))
            }
        }
        return images.enumerated().map { place, image in
            var body = JSONObject([.init("url", .string(image.url))])
            if product != nil { body.append("weight", .number(JSONNumber(Int64(place + 1) * 10))) }
            body.give("variant_name", image.variant)
            return .object(body)
        }
    }
}
