package import Persistence
package import Resources

/// What a shop sells. Names, types and order of members: fact sheet 2.2.
package struct Product: Resource {
    package var id: Identifier<Product>
    package var ownID: String
    package var secOwnID: String?
    package var gtin: String?
    package var mpn: String?
    package var profileID: Int64
    package var supplierID: Int64?
    package var manufacturerID: Int64?
    package var safetyProfileID: Int64?
    package var brandID: Int64?
    package var mainCategoryID: Int64?
    package var isOnline: Bool
    package var onlineSince: Instant?
    package var noIndex: Bool
    package var noShopping: Bool
    package var rewriteURL: String
    package var name: String
    package var listDescription: String
    package var description: String
    package var vat: Percentage?
    package var price: Amount
    package var salePrice: Amount?
    package var purchasePrice: Amount?
    package var location: String?
    package var bulkDiscountOver: Int64?
    package var bulkDiscount: Amount?
    package var discountIntervals: JSONText
    package var shipping: Amount?
    package var shippingWeight: Thousandths?
    package var neverFreeShipping: Bool
    package var deliveryTime: String
    package var deliveryTimeNotInStock: String
    package var allowNegativeStock: Bool
    package var tariffCode: String
    package var package: String?
    package var autoOffline: Bool
    package var weight: Int64
    package var meta: String
    package var metaTitle: String
    package var metaDescription: String
    package var search: String
    package var noInternalSearch: Bool
    package var canonicalID: Int64?
    package var mailingListIDs: JSONText?
    package var bundle: JSONText
    package var requiresAgeVerification: Int64?
    package var minStockOrder: Int64?
    package var minStockValue: Int64
    package var countryOfOrigin: String?
    package var googleCategory: String?
    package var noPartnerAds: Bool
    package var categories: JSONText
    package var related: JSONText
    package var similar: JSONText
    package var bundleData: JSONText
    package var htmlFields: JSONText
    package var extensionData: JSONText
    package var saleFrom: Instant?
    package var saleTo: Instant?
    package var groupPrices: JSONText
    package var searchText: String
    package var parts: Int64

    package static let schema = Schema(
        "product", "products", Product.init,
        Field("product_id", \.id, .readOnly),
        Field(
            "own_id", \.ownID, .length(0...255), .filterable, .sortable,
            .about("The shop's SKU; the id where none is given.")),
        Field("sec_own_id", \.secOwnID, .length(0...255), .filterable),
        Field("gtin", \.gtin, .length(0...64), .filterable),
        Field("mpn", \.mpn, .length(0...255), .filterable),
        Field("profile_id", \.profileID, .filterable, .about("The profile its attributes come from; 0 is none.")),
        Field("supplier_id", \.supplierID, .references { Supplier.info }, .filterable),
        Field("manufacturer_id", \.manufacturerID, .references { Manufacturer.info }, .filterable),
        Field("safety_profile_id", \.safetyProfileID),
        Field("brand_id", \.brandID, .references { Brand.info }, .filterable),
        Field(
            "main_category_id", \.mainCategoryID, .references { Category.info }, .writtenAs(.integerAsText), .filterable
        ),
        Field("is_online", \.isOnline, .initially(.integer(1)), .filterable),
        Field("online_since", \.onlineSince, .filterable),
        Field("no_index", \.noIndex),
        Field("no_shopping", \.noShopping, .filterable),
        Field("rewrite_url", \.rewriteURL, .length(0...255), .filterable),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("list_description", \.listDescription, .length(0...262_144)),
        Field("description", \.description, .length(0...262_144)),
        Field("vat", \.vat, .range(0...10_000), .about("Percent; null is the country's or the shop's rate.")),
        Field("price", \.price, .filterable, .sortable),
        Field("sale_price", \.salePrice, .filterable, .sortable),
        Field("purchase_price", \.purchasePrice),
        Field("location", \.location, .length(0...255), .filterable),
        Field("bulk_discount_over", \.bulkDiscountOver, .range(0...1_000_000)),
        Field("bulk_discount", \.bulkDiscount),
        Field(
            "discount_intervals", \.discountIntervals, .shape(.list), .alias("discount"),
            .about("`{from, price}`: what every unit costs from so many on. `{over, discount}` is read too.")),
        Field("shipping", \.shipping),
        Field("shipping_weight", \.shippingWeight, .range(0...1_000_000_000), .about("Kilograms.")),
        Field("never_free_shipping", \.neverFreeShipping),
        Field("delivery_time", \.deliveryTime, .length(0...255)),
        Field("delivery_time_not_in_stock", \.deliveryTimeNotInStock, .length(0...255)),
        Field("allow_negative_stock", \.allowNegativeStock, .filterable, .about("May be sold below zero.")),
        Field("tariff_code", \.tariffCode, .length(0...64)),
        Field("package", \.package, .length(0...255)),
        Field("auto_offline", \.autoOffline, .about("Goes offline when sold out.")),
        Field("weight", \.weight, .filterable, .sortable, .about("Place in lists, not mass.")),
        Field("meta", \.meta),
        Field("meta_title", \.metaTitle, .length(0...1000)),
        Field("meta_description", \.metaDescription, .length(0...4000)),
        Field("search", \.search, .about("Words it is found by beside its name.")),
        Field("no_internal_search", \.noInternalSearch),
        Field("canonical_id", \.canonicalID, .references { Product.info }),
        Field("mailing_list_ids", \.mailingListIDs, .shape(.ids)),
        Field("bundle", \.bundle, .shape(.list), .about("Ids, or {product_id, count}.")),
        Field("requires_age_verification", \.requiresAgeVerification, .range(0...120)),
        Field("min_stock_order", \.minStockOrder),
        Field("min_stock_value", \.minStockValue),
        Field("country_of_origin", \.countryOfOrigin, .length(0...255)),
        Field("google_category", \.googleCategory, .length(0...1000)),
        Field("no_partner_ads", \.noPartnerAds),
        Field("categories", \.categories, .referencesEach { Category.info }),
        Field("related", \.related, .referencesEach { Product.info }),
        Field("similar", \.similar, .referencesEach { Product.info }, .column("similar_products")),
        Field("bundle_data", \.bundleData, .readOnly),
        Field("html_fields", \.htmlFields, .shape(.list)),
        Field("extension_data", \.extensionData, .shape(.list)),
        Field("sale_from", \.saleFrom, .filterable, .about("When the sale price begins; null is at once.")),
        Field("sale_to", \.saleTo, .filterable, .about("The first moment without the sale price; null is never.")),
        Field(
            "group_prices", \.groupPrices, .shape(.list),
            .about("`{group, price, from?}`: what a unit costs for customers whose `customer_group` it is.")),
        Field("search_text", \.searchText, .hidden),
        Field("parts", \.parts, .hidden),
        also: [
            .computed("created", .instant, "created", after: "main_category_id"),
            .computed("removed_on", .instant, "removed_on", nullable: true, after: "no_shopping"),
            .computed("last_modified", .instant, "last_modified", after: "requires_age_verification"),
            .computed("url", .link, "rewrite_url", after: "last_modified"),
            .constant("avg_rating", "null", after: "country_of_origin"),
            .embedded(ProductAttributes.embed, after: "html_fields", about: "What it says of itself, by its profile."),
            .constant("stock_settings", "[]", after: "attributes"),
            .embedded(LabelledProducts.embed, after: "stock_settings", about: "The labels it wears."),
            .constant("images", "[]", after: "product_labels"),
            .constant("pdf_files", "[]", after: "images"),
            .computed(
                "in_stock", .integer,
                """
                coalesce((SELECT s.count FROM stock_levels s WHERE s.webshop_id = products.webshop_id
                AND s.product_id = products.product_id), 0)
                """, born: .integer(0), after: "extension_data"),
        ],
        filters: [
            CustomFilter("category_id", .integer, "Products of a category; 0 is no filter.") { value, query, tenant in
                if value == .integer(0) { return nil }
                return .listed(
                    query.isOn("descendants") ? CategoryTree.products(under: value, tenant) : inCategory(value, tenant))
            },
            CustomFilter("descendants", .flag, "1: with `category_id`, also those of the categories below it.") {
                _, _, _ in nil
            },
            CustomFilter("product_label_id", .integer, "Products that wear a label.") { value, _, tenant in
                .listed(
                    """
                    SELECT l.product_id AS listed_id FROM labelled_products l
                    WHERE l.webshop_id = \(tenant.webshopID) AND l.product_label_id = \(value)
                    """)
            },
            CustomFilter("search", .text, "Words in name, numbers or search words; descriptions are not searched.") {
                value, _, _ in matching(value).map { .condition($0) }
            },
        ],
        ownKey: "own_id")

    private static func inCategory(_ category: SQLValue, _ tenant: Tenant) -> SQL {
        """
        SELECT pc.product_id AS listed_id FROM product_categories pc
        WHERE pc.webshop_id = \(tenant.webshopID) AND pc.category_id = \(category)
        """
    }

    private static func matching(_ value: SQLValue) -> SQL? {
        guard case .text(let text) = value else { return nil }
        let words = text.lowercased().split(separator: " ").prefix(10).map { word -> SQL in
            var pattern = "%"
            for character in word {
                if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
                pattern.append(character)
            }
            return "search_text LIKE \(pattern + "%") ESCAPE '\\'"
        }
        return words.isEmpty ? nil : "(\(SQL.joined(words, by: " AND ")))"
    }

    // MARK: Rules

    package static func prepare(_ new: inout Product, replacing old: Product?, in tx: Transaction) throws {
        if new.ownID.isEmpty { new.ownID = try freeOwnID(new.id.rawValue, tx) }
        new.rewriteURL = try Addresses.settle(
            new.rewriteURL, name: new.name, for: new.id.rawValue, of: info, replacing: old?.rewriteURL, in: tx)
        if new.isOnline, new.onlineSince == nil { new.onlineSince = tx.now }
        if new.bundle != old?.bundle { try Bundle.settle(&new, in: tx) }
        try new.tidyPrices(replacing: old, for: tx.tenant)
        new.searchText = [new.name, new.ownID, new.secOwnID, new.gtin, new.mpn, new.search]
            .compactMap { $0 }.joined(separator: "\n").lowercased()
    }

    package static func stored(_ new: Product, replacing old: Product?, in tx: Transaction) throws {
        SearchWriter.touch([new.id.rawValue], in: tx)
        if new.categoryIDs != old?.categoryIDs ?? [] { try new.listUnderCategories(replacing: old, in: tx) }
        if let old {
            if old.allowNegativeStock != new.allowNegativeStock { try StockLedger.changeFloor(of: new, in: tx) }
        } else {
            try StockLedger.open(new, in: tx)
        }
    }

    package static func removed(_ old: Product, in tx: Transaction) throws {
        try StockLedger.close(old, in: tx)
        SearchWriter.touch([old.id.rawValue], in: tx)
    }

    package static func topics(_ change: Change) -> [String] { change == .deleted ? [] : ["product"] }

    /// Where the product is shown: its categories and its main category.
    private var categoryIDs: Set<Int64> {
        Set(categories.integers).union(mainCategoryID.map { [$0] } ?? [])
    }

    private func listUnderCategories(replacing old: Product?, in tx: Transaction) throws {
        if old != nil {
            try tx.db.run("DELETE FROM product_categories WHERE webshop_id = \(tx.shop) AND product_id = \(id)")
        }
        guard !categoryIDs.isEmpty else { return }
        let rows = categoryIDs.sorted().map { "(\(tx.shop), \($0), \(id))" as SQL }
        try tx.db.run(
            "INSERT INTO product_categories (webshop_id, category_id, product_id) VALUES \(SQL.joined(rows, by: ", "))")
    }
}

extension Product {
    private mutating func tidyPrices(replacing old: Product?, for tenant: Tenant) throws {
        if let saleFrom, let saleTo, saleFrom >= saleTo {
            throw Problem.invalid("/sale_to", "range", "must be after sale_from")
        }
        if discountIntervals != old?.discountIntervals {
            let tiers = try PriceRows.tiers(discountIntervals, price, for: tenant)
            discountIntervals = PriceRows.text(tiers, for: tenant)
        }
        if groupPrices != old?.groupPrices {
            groupPrices = PriceRows.text(try PriceRows.groupPrices(groupPrices, for: tenant), for: tenant)
        }
    }

    /// The id as text (fact sheet 8.16), unless the shop has given that number to another product.
    private static func freeOwnID(_ id: Int64, _ tx: Transaction) throws -> String {
        var wish = String(id)
        while try !ids(ofOwn: [wish], in: tx).isEmpty { wish += "-\(id)" }
        return wish
    }

    /// Ids of live products by the shop's own numbers, in one query.
    static func ids(ofOwn numbers: [String], in tx: Transaction) throws -> [String: Int64] {
        guard !numbers.isEmpty else { return [:] }
        var ids: [String: Int64] = [:]
        let rows = try tx.db.rows(
            """
            SELECT own_id, product_id FROM products WHERE webshop_id = \(tx.shop)
            AND own_id IN (\(SQL.list(numbers))) AND removed_on IS NULL
            """)
        for row in rows { ids[row.text(0) ?? ""] = row.integer(1) }
        return ids
    }
}
