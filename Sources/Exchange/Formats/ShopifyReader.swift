import Basics
import Commerce
import Resources

/// Shopify's product export. A product is the rows of one Handle: the first says what it is, each further row adds a variant,
/// a picture, or both.
struct ShopifyReader: RecordReader {
    private var groups: RowGroups
    private let numbers: FileNumbers

    let columns = [
        "own_id": "Handle", "name": "Title", "description": "Body (HTML)", "brand": "Vendor", "categories": "Type",
        "main_category": "Type", "product_labels": "Tags", "price": "Variant Price", "gtin": "Variant Barcode",
        "sale_price": "Variant Price", "purchase_price": "Cost per item", "shipping_weight": "Variant Grams",
        "stock": "Variant Inventory Qty", "stock_settings": "Option1 Value", "profile": "Option1 Name",
        "images": "Image Src", "meta_title": "SEO Title", "meta_description": "SEO Description",
        "rewrite_url": "Handle",
        "mpn": "Google Shopping / MPN", "google_category": "Google Shopping / Google Product Category",
    ]
    let variantColumns = [
        "own_id": "Variant SKU", "gtin": "Variant Barcode", "price": "Variant Price", "sale_price": "Variant Price",
        "purchase_price": "Cost per item", "weight": "Variant Grams", "stock": "Variant Inventory Qty",
        "options": "Option1 Value",
    ]

    init(_ source: ImportSource) throws {
        let table = try CSVTable(
            source, required: ["Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price"])
        numbers = FileNumbers(source, in: ShopifyRow.numbers)
        // Some tools and hands repeat the title on every row; what comes in one version comes anew with it.
        groups = RowGroups(table) { row, first in
            row["Handle"] == first["Handle"] && (row["Title"].isEmpty || row["Option1 Value"] != "Default Title")
        }
    }

    mutating func next() throws -> Result<ImportRecord, ImportFault>? {
        try groups.next()?.flatMap { rows in ShopifyProduct(rows.map { ShopifyRow($0, numbers) }).record }
    }
}

/// The rows of one product.
private struct ShopifyProduct {
    private let first: ShopifyRow
    private let rows: [ShopifyRow]
    private let options: VariantOptions
    private let variants: [ShopifyRow]
    /// Why further rows of the product are no variants of it.
    private let faults: [ImportFault]
    /// What the product costs where a variant says nothing else: as the first row with a price has it.
    private let price: FilePrice

    init(_ rows: [ShopifyRow]) {
        let first = rows[0]
        self.first = first
        self.rows = rows
        let names = (1...3).map { first["Option\($0) Name"] }
        let isPlain = names[0].isEmpty || (names[0] == "Title" && first["Option1 Value"] == "Default Title")
        let given = isPlain ? [] : rows.filter { !$0["Option1 Value"].isEmpty }
        let offered = VariantOptions(
            isPlain ? [] : names, of: given.map { row in (1...3).map { row["Option\($0) Value"] } })
        let flaws = offered.flaws
        let good = given.indices.filter { flaws[$0] == nil }
        faults = flaws.sorted { $0.key < $1.key }.map { index, flaw in
            Self.fault(given[index], flaw, offered.names)
        }
        variants = good.map { given[$0] }
        options = offered.of(good)
        price = ([first] + variants).map(\.price).first(where: \.isNumber) ?? first.price
    }

    private static func fault(_ row: ShopifyRow, _ flaw: VariantOptions.Flaw, _ names: [String]) -> ImportFault {
        var fault =
            switch flaw {
            case .gap:
                ImportFault(
                    row.place, column: "Option2 Value",
                    "is empty; every variant needs a \(names.last ?? "value")")
            case .twice: ImportFault(row.place, column: "Option1 Value", "names the variant of an earlier row")
            }
        fault.ownID = row["Variant SKU"]
        return fault
    }

    var record: Result<ImportRecord, ImportFault> {
        let handle = first["Handle"]
        if handle.isEmpty { return .failure(fault("Handle", "is empty")) }
        if first["Title"].isEmpty {
            return .failure(fault("Title", "is empty, and no row of \(handle) stands right before it"))
        }
        var body = JSONObject()
        // A product that is sold in one version is known by its SKU; the SKUs of variants are theirs.
        let sku = variants.isEmpty && faults.isEmpty ? first["Variant SKU"] : ""
        body.append("own_id", .string(sku.isEmpty ? handle : sku))
        body.append("rewrite_url", .string(handle))
        describe(&body)
        givePrice(&body)
        if !variants.isEmpty {
            body.append("profile", options.profile)
            body.append("stock_settings", .array(variants.enumerated().map(setting)))
        }
        let images = images
        body.give("images", images.map(\.body))
        var record = ImportRecord(first.place, body)
        record.places = ["stock_settings": variants.map(\.place), "images": images.map(\.place)]
        record.faults = faults + rows.compactMap(\.comparisonFault)
        record.needsVariants = !faults.isEmpty
        return .success(record)
    }

    private func fault(_ column: String, _ reason: String) -> ImportFault {
        ImportFault(first.place, column: column, reason)
    }

    private func describe(_ body: inout JSONObject) {
        body.append("name", .string(first["Title"]))
        body.give("description", first["Body (HTML)"])
        body.give("brand", first["Vendor"])
        if !first["Type"].isEmpty {
            body.append("main_category", [.string(first["Type"])])
            body.append("categories", [[.string(first["Type"])]])
        }
        body.give("product_labels", CellList(separator: ",").values(first["Tags"]).map { .string($0) })
        let isPublished =
            first["Published"].lowercased() != "false" && ["", "active"].contains(first["Status"].lowercased())
        body.append("is_online", isPublished ? 1 : 0)
        body.give("meta_title", first["SEO Title"])
        body.give("meta_description", first["SEO Description"])
        body.give("mpn", first["Google Shopping / MPN"])
        let category = first["Google Shopping / Google Product Category"]
        body.give("google_category", category.isEmpty ? first["Product Category"] : category)
        if first["Variant Taxable"].lowercased() == "false" { body.append("vat", 0) }
        let mayOversell = rows.contains { $0["Variant Inventory Policy"].lowercased() == "continue" }
        body.append("allow_negative_stock", mayOversell ? 1 : 0)
    }

    private func givePrice(_ body: inout JSONObject) {
        body.give("price", price.price)
        body.append("sale_price", price.sale.isEmpty ? .null : .string(price.sale))
        body.give("purchase_price", first.cost)
        body.give("shipping_weight", first.mass)
        guard variants.isEmpty, faults.isEmpty else { return }
        body.give("gtin", barcode(first))
        body.give("stock", first.stock)
    }

    /// What a variant says beside its product. What is as the product has it is said too: it may have been otherwise.
    private func setting(_ index: Int, _ row: ShopifyRow) -> JSON {
        var setting = JSONObject()
        setting.append("options", options.values(of: index))
        setting.give("own_id", row["Variant SKU"])
        setting.give("gtin", barcode(row))
        let own = row.price
        if !own.price.isEmpty {
            let isOwn = own != price
            setting.append("price", isOwn ? .string(own.price) : .null)
            setting.append("sale_price", isOwn && !own.sale.isEmpty ? .string(own.sale) : .null)
        }
        for (name, value, usual) in [("purchase_price", row.cost, first.cost), ("weight", row.mass, first.mass)]
        where !value.isEmpty {
            setting.append(name, value == usual ? .null : .string(value))
        }
        setting.give("stock", row.stock)
        return .object(setting)
    }

    /// Spreadsheets are told by an apostrophe that long digits are no number.
    private func barcode(_ row: ShopifyRow) -> String {
        let code = row["Variant Barcode"]
        return code.hasPrefix("'") ? String(code.dropFirst()) : code
    }

    /// Every picture once, in its place; one that belongs to variants is tied to what they have in common.
    private var images: [(body: JSON, place: ImportPlace)] {
        var urls: [String] = []
        var rowOf: [String: ShopifyRow] = [:]
        var shown: [String: [Int]] = [:]
        let placed = rows.enumerated().filter { !$1["Image Src"].isEmpty }.sorted {
            (WholeNumber(strict: $0.element["Image Position"])?.int64 ?? .max, $0.offset)
                < (WholeNumber(strict: $1.element["Image Position"])?.int64 ?? .max, $1.offset)
        }
        for row in placed.map(\.element) where rowOf[row["Image Src"]] == nil {
            urls.append(row["Image Src"])
            rowOf[row["Image Src"]] = row
        }
        let described = rowOf
        for (index, row) in variants.enumerated() where !row["Variant Image"].isEmpty {
            let url = row["Variant Image"]
            shown[url, default: []].append(index)
            if rowOf[url] == nil { urls.append(url) }
            if rowOf[url] == nil { rowOf[url] = row }
        }
        return urls.enumerated().map { place, url in
            var image = JSONObject([
                .init("url", .string(url)), .init("weight", .number(JSONNumber(Int64(place + 1) * 10))),
            ])
            image.give("description", described[url]?["Image Alt Text"] ?? "")
            image.give("variant_name", options.name(of: shown[url] ?? []))
            return (.object(image), rowOf[url]?.place ?? first.place)
        }
    }
}
