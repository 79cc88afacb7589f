import Basics
import Commerce
import Persistence
import Resources

/// A product's row with its variations, or variations of a product that is not in the file.
struct WooProduct {
    private let first: WooCell
    private let product: WooCell?
    private let ownID: String
    /// Those that can be bought or were, each told from the others.
    private let variations: [WooCell]
    private let options: VariantOptions
    private let choices: [String]
    /// What the product costs where a variation says nothing else: as its row has it, or the first variation with a price.
    private let price: FilePrice
    /// Where all sales are found when they run: a product has one time for those of all its variants.
    private let sale: WooCell
    /// Why further rows are no variations.
    private let faults: [ImportFault]
    private let file: WooFile

    init(_ rows: [WooCell], _ file: WooFile, _ ownID: String) {
        first = rows[0]
        product = first.isVariation ? nil : first
        self.ownID = ownID
        self.file = file
        let given = rows.filter(\.isVariation)
        let choices = file.choices(of: ownID)
        let offered = VariantOptions(
            choices,
            of: given.map { cell in
                choices.map { name in cell.attributes.first { $0.name == name }?.values.first ?? "" }
            })
        let flaws = choices.isEmpty ? given.indices.reduce(into: [:]) { $0[$1] = .gap } : offered.flaws
        let good = given.indices.filter { flaws[$0] == nil }
        self.choices = choices
        let variations = good.map { given[$0] }
        self.variations = variations
        options = offered.of(good)
        let sold = variations.filter(\.isSold)
        let own = first.isVariation ? FilePrice("", sale: "") : first.price
        let others = (sold + variations).map(\.price)
        price = own.price.isEmpty ? FilePrice(others.first(where: \.isNumber)?.price ?? "", sale: "") : own
        sale = (own.sale.isEmpty ? sold.first { !$0.price.sale.isEmpty } : nil) ?? first
        faults = flaws.sorted { $0.key < $1.key }.filter { given[$0.key].isSold }.map { index, flaw in
            Self.fault(given[index], flaw, isNamed: !choices.isEmpty)
        }
    }

    private var sold: [WooCell] { variations.filter(\.isSold) }

    var record: Result<ImportRecord, ImportFault> {
        if ownID.isEmpty {
            return .failure(ImportFault(first.row.place, column: product == nil ? "Parent" : "SKU", "is empty"))
        }
        var body = JSONObject()
        body.append("own_id", .string(ownID))
        if let product { describe(product, &body) } else if sale.isOnSale { giveTimes(of: sale, &body) }
        if let profile { body.append("profile", profile) }
        body.give("attributes", attributes)
        body.give("stock_settings", variations.indices.map(setting))
        let images = images
        body.give("images", images.map(\.body))
        var record = ImportRecord(first.row.place, body)
        record.mustExist = product == nil
        record.needsVariants = !faults.isEmpty
        record.mayLackPrice = product?.isGrouped == true
        record.faults = faults + sold.filter { !runs($0) }.map(Self.otherTime)
        record.places = ["stock_settings": variations.map(\.row.place), "images": images.map(\.place)]
        return .success(record)
    }

    private static func fault(_ cell: WooCell, _ flaw: VariantOptions.Flaw, isNamed: Bool) -> ImportFault {
        let (column, reason) =
            switch flaw {
            case .gap where !isNamed: ("Attribute 1 name", "is empty: nothing tells the variation from others")
            case .gap: ("Attribute 1 value(s)", "leaves open what the variation is; give it a value")
            case .twice: ("Attribute 1 value(s)", "names the variant of an earlier row")
            }
        var fault = ImportFault(cell.row.place, column: column, reason)
        fault.ownID = cell.row["SKU"]
        return fault
    }

    private static func otherTime(_ cell: WooCell) -> ImportFault {
        var fault = ImportFault(
            cell.row.place, column: "Date sale price starts",
            "has a sale at another time than the product's other sales; it is left out")
        fault.ownID = cell.row["SKU"]
        return fault
    }

    /// Whether the sale of a variation runs when the product's do; also where it has none.
    private func runs(_ cell: WooCell) -> Bool { !cell.isOnSale || cell.times == sale.times }

    private func describe(_ cell: WooCell, _ body: inout JSONObject) {
        let row = cell.row
        body.append("name", .string(row["Name"]))
        body.give("gtin", row[WooCell.gtin])
        body.give("list_description", row["Short description"])
        body.give("description", row["Description"])
        let isPublished = row["Published"] == "1" || row["Published"].isEmpty
        body.append("is_online", isPublished && (variations.isEmpty || !sold.isEmpty) ? 1 : 0)
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
        body.give("related", group.map { .string(file.number($0)) })
        body.give("similar", cell.list("Upsells").map { .string(file.number($0)) })
        body.append("allow_negative_stock", ["1", "notify"].contains(row["Backorders allowed?"].lowercased()) ? 1 : 0)
        if variations.isEmpty { body.give("stock", cell.stock) }
        body.give("min_stock_value", cell.number("Low stock amount"))
        body.give("shipping_weight", cell.mass)
        body.give("weight", row["Position"])
    }

    private func price(_ cell: WooCell, _ body: inout JSONObject) {
        let row = cell.row
        body.give("price", price.price)
        // An offer of the shop's own, or its time, would stand beside the prices of the file.
        if !price.price.isEmpty {
            body.append("sale_price", price.sale.isEmpty ? .null : .string(price.sale))
            giveTimes(of: sale, &body)
        }
        if row["Tax status"].lowercased() == "none" || row["Tax class"].lowercased() == "zero-rate" {
            body.append("vat", 0)
        }
    }

    private func giveTimes(of cell: WooCell, _ body: inout JSONObject) {
        for (name, time) in zip(["sale_from", "sale_to"], cell.times) {
            body.append(name, time.isEmpty ? .null : .string(time))
        }
    }

    private func setting(_ index: Int) -> JSON {
        let cell = variations[index]
        var setting = JSONObject()
        setting.append("options", options.values(of: index))
        guard cell.isSold else {
            setting.append("remove", 1)
            return .object(setting)
        }
        // WooCommerce shows the parent's SKU for a variation that has none.
        if cell.row["SKU"] != ownID { setting.give("own_id", cell.row["SKU"]) }
        setting.give("gtin", cell.row[WooCell.gtin])
        let own = cell.price
        if !own.price.isEmpty {
            // What is as the product has it is said too: it may have been otherwise.
            let isOwn = product == nil || own != price
            setting.append("price", isOwn ? .string(own.price) : .null)
            setting.append("sale_price", isOwn && cell.isOnSale && runs(cell) ? .string(own.sale) : .null)
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

    /// Every picture once; one that belongs to variations is tied to what they have in common.
    private var images: [(body: JSON, place: ImportPlace)] {
        var images = (product?.list("Images") ?? []).map { (url: $0, place: first.row.place) }
        var shown: [String: [Int]] = [:]
        for (index, cell) in variations.enumerated() where cell.isSold {
            for url in Set(cell.list("Images")).sorted() {
                if shown[url] == nil {
                    images.removeAll { $0.url == url }
                    images.append((url, cell.row.place))
                }
                shown[url, default: []].append(index)
            }
        }
        return images.enumerated().map { place, image in
            var body = JSONObject([.init("url", .string(image.url))])
            if product != nil { body.append("weight", .number(JSONNumber(Int64(place + 1) * 10))) }
            body.give("variant_name", options.name(of: shown[image.url] ?? []))
            return (.object(body), image.place)
        }
    }
}
