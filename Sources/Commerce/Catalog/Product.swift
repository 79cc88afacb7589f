package import Basics
import Persistence
package import Resources

/// What a shop sells. Names, types and order of members: fact sheet 2.2.
package struct Product: Resource, Addressed {
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
    package var lowestPrice30Days: Timeline<Amount>?
    package var reductionSince: Timeline<Instant>?
    package var searchText: String
    /// Whether a price was said, 0 too.
    package var isPriced: Bool

    package static let schema = Schema(
        "product", "products", Product.init,
        Field("product_id", \.id, .readOnly),
        Field(
            "own_id", \.ownID, .own,
            .about("The shop's SKU; the id where none is given.")),
        Field("sec_own_id", \.secOwnID, .key, .length(0...255), .filterable),
        Field("gtin", \.gtin, .key, .length(0...64), .filterable),
        Field("mpn", \.mpn, .key, .length(0...255), .filterable),
        Field("profile_id", \.profileID, .filterable, .about("The profile its attributes come from; 0 is none.")),
        Field("supplier_id", \.supplierID, .references { Supplier.info }, .filterable),
        Field("manufacturer_id", \.manufacturerID, .references { Manufacturer.info }, .filterable),
        Field("safety_profile_id", \.safetyProfileID, .references { SafetyProfile.info }),
        Field("brand_id", \.brandID, .references { Brand.info }, .filterable),
        Field(
            "main_category_id", \.mainCategoryID, .references { Category.info }, .writtenAs(.integerAsText), .filterable
        ),
        Field("is_online", \.isOnline, .initially(.integer(1)), .filterable),
        Field("online_since", \.onlineSince, .filterable),
        Field("no_index", \.noIndex),
        Field("no_shopping", \.noShopping, .filterable),
        Field("rewrite_url", \.rewriteURL, .key, .length(0...255), .filterable),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("list_description", \.listDescription, .length(0...262_144)),
        Field("description", \.description, .length(0...262_144)),
        Field("vat", \.vat, .range(0...10_000), .about("Percent; null is the country's or the shop's rate.")),
        Field(
            "price", \.price, .filterable, .sortable,
            .about(
                "0 until one is said; what was never said, or was taken back by null, can't be sold (409 `no_price`).")
        ),
        Field("sale_price", \.salePrice, .filterable, .sortable),
        Field("purchase_price", \.purchasePrice),
        Field("location", \.location, .length(0...255), .filterable),
        Field("bulk_discount_over", \.bulkDiscountOver, .range(0...1_000_000)),
        Field("bulk_discount", \.bulkDiscount),
        Field(
            "discount_intervals", \.discountIntervals, .shape(.list), .alias("discount"),
            .about(
                "`{from, price}`: what every unit costs from so many on; `{over, discount}`: what each of more than so many costs less."
            )),
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
        Field(
            "bundle", \.bundle, .shape(.list),
            .about("Its members; written as ids or `{product_id, count}`, shown with counts in `bundle_data`.")),
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
        Field("html_fields", \.htmlFields, .shape(.list), .about("`{name, html}`.")),
        Field(
            "extension_data", \.extensionData, .shape(.list),
            .about("`{title, type, id, value}`; an empty value is `false`.")),
        Field("sale_from", \.saleFrom, .filterable, .about("When the sale price begins; null is at once.")),
        Field(
            "sale_to", \.saleTo, .filterable, .wholeDay,
            .about("The first moment without the sale price; a date alone is its last day; null is never.")),
        Field(
            "group_prices", \.groupPrices, .shape(.list),
            .about("`{group, price, from?}`: what a unit costs for customers whose `customer_group` it is.")),
        Field(
            "lowest_price_30_days", \.lowestPrice30Days, .readOnly,
            .about(
                "While its sale runs: the lowest price of the 30 days before that began (directive 98/6/EC, art. 6a); null where it was not sold then."
            )),
        Field(
            "reduction_since", \.reductionSince, .readOnly, .about("Since when its sale runs; null while none does.")),
        Field("search_text", \.searchText, .hidden, .length(0...65_536)),
        Field("is_priced", \.isPriced, .hidden),
        also: [
            .computed("created", .instant, "created", after: "main_category_id"),
            .computed("removed_on", .instant, "removed_on", nullable: true, after: "no_shopping"),
            .computed("last_modified", .instant, "last_modified", after: "requires_age_verification"),
            .constant("avg_rating", "null", after: "country_of_origin"),
            .computed(
                "in_stock", .integer, inStock, born: .integer(0), bornWithout: "bundle", after: "extension_data",
                about: "How many there are, in all variants together; of a bundle, how many its members allow."),
        ],
        filters: [
            CustomFilter(
                "category_id", .integer,
                "Products of a category; 0 is no filter. With it, `sort=position` is the order the shop gave them.",
                hasPlaces: true, naming: { Category.info }
            ) { value, query, tenant in
                value == .integer(0) ? nil : .listed(CategoryProducts.listed(value, query, tenant))
            },
            shownBy,
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
            ListedWords.filter,
        ])

    /// How many there are, as SQL over a row of `products`.
    static let inStock = """
        CASE WHEN bundle = '[]' THEN coalesce((SELECT CAST(sum(s.count) AS BIGINT) FROM stock_levels s
        WHERE s.webshop_id = products.webshop_id AND s.product_id = products.product_id AND s.removed_on IS NULL), 0) ELSE \(Bundle.whole(of: "products")) END
        """

    package static let parts: [Part<Product>] = [
        .numbers, .address(after: "last_modified"), .price, .attributes, .labels, .variants,
        .images(after: "product_labels"), .files, .sources,
    ]

    // MARK: Rules

    package static func prepare(_ drafts: inout [Draft<Product>], in tx: Transaction) throws {
        for index in drafts.indices { try drafts[index].new.tidy(replacing: drafts[index].old, in: tx) }
        try ProductReductions.settle(&drafts, in: tx)
    }

    private mutating func tidy(replacing old: Product?, in tx: Transaction) throws {
        if isOnline, onlineSince == nil { onlineSince = tx.now }
        if bundle != old?.bundle ?? .emptyList { try Bundle.settle(&self, replacing: old, in: tx) }
        if htmlFields != old?.htmlFields { htmlFields = try ExtraContent.htmlFields(htmlFields, for: tx.tenant) }
        if extensionData != old?.extensionData {
            extensionData = try ExtraContent.extensionData(extensionData, for: tx.tenant)
        }
        try tidyPrices(replacing: old, for: tx.tenant)
        let words = [name, ownID, secOwnID, gtin, mpn, search].compactMap { $0 }
        searchText = words.joined(separator: "\n").composed.lowercased()
    }

    package static func topics(_ change: Change) -> [String] { change == .deleted ? [] : ["product"] }
}
