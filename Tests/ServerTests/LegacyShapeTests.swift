import Basics
import Resources
import Support
import Testing

/// The members of the answers that existing clients store for months: names, order and types of fact sheet 2.2.1 and 2.3.
@Suite struct LegacyShapeTests {
    private static let product = [
        "product_id", "own_id", "sec_own_id", "gtin", "mpn", "profile_id", "supplier_id", "manufacturer_id",
        "safety_profile_id", "brand_id", "main_category_id", "created", "is_online", "online_since", "no_index",
        "no_shopping", "removed_on", "rewrite_url", "name", "list_description", "description", "vat", "price",
        "sale_price", "purchase_price", "location", "bulk_discount_over", "bulk_discount", "discount_intervals",
        "shipping", "shipping_weight", "never_free_shipping", "delivery_time", "delivery_time_not_in_stock",
        "allow_negative_stock", "tariff_code", "package", "auto_offline", "weight", "meta", "meta_title",
        "meta_description", "search", "no_internal_search", "canonical_id", "mailing_list_ids", "bundle",
        "requires_age_verification", "last_modified", "url", "min_stock_order", "min_stock_value", "country_of_origin",
        "avg_rating", "google_category", "no_partner_ads", "categories", "related", "similar", "bundle_data",
        "html_fields", "attributes", "stock_settings", "product_labels", "images", "pdf_files", "extension_data",
    ]

    private static let category = [
        "category_id", "is_removed", "tag", "parent_id", "in_menu", "is_online", "is_front", "is_hidden", "name",
        "no_index", "no_internal_search", "description_a", "description_b", "meta_title", "meta_description", "search",
        "rewrite_url", "empty_redir", "canonical_id", "sort_order", "meta", "weight", "json_data", "last_modified",
        "url", "images", "extension_data",
    ]

    @Test func `a product has the 67 members of the fact sheet in order, ours behind them`() async throws {
        #expect(Self.product.count == 67)
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt")
        let one = try await shop.get("product/\(id)").json
        let ours = [
            "in_stock", "variants", "sale_from", "sale_to", "group_prices", "lowest_price_30_days", "reduction_since",
        ]
        #expect(one.names == Self.product + ours)
        #expect(try await shop.get("product").json["products"][0] == one)
    }

    @Test func `a category has the members of the fact sheet in its order, ours behind them`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("category", ["name": "Shirts"]).json
        #expect(made.names == Self.category + ["own_id", "created"])
        #expect(try await shop.get("category").json[0] == made)
    }

    @Test func `a product of nothing but a name has the types clients know`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("product", ["name": "Shirt"]).json
        #expect(made["own_id"].text == "\(made["product_id"].integer)")
        for name in ["is_online"] { #expect(made[name] == 1, "\(name)") }
        for name in [
            "no_index", "no_shopping", "never_free_shipping", "allow_negative_stock", "auto_offline", "weight",
            "no_internal_search", "min_stock_value", "no_partner_ads", "price", "in_stock", "profile_id",
        ] {
            #expect(made[name] == 0, "\(name)")
        }
        for name in [
            "sec_own_id", "gtin", "mpn", "main_category_id", "removed_on", "vat", "sale_price", "purchase_price",
            "location", "bulk_discount_over", "bulk_discount", "shipping", "shipping_weight", "package", "canonical_id",
            "mailing_list_ids", "requires_age_verification", "min_stock_order", "country_of_origin", "avg_rating",
            "google_category", "brand_id", "manufacturer_id", "safety_profile_id",
        ] {
            #expect(made[name].isNull, "\(name)")
        }
        for name in [
            "list_description", "description", "delivery_time", "delivery_time_not_in_stock", "tariff_code", "meta",
            "meta_title", "meta_description", "search",
        ] {
            #expect(made[name] == "", "\(name)")
        }
        for name in [
            "discount_intervals", "bundle", "categories", "related", "similar", "bundle_data", "html_fields",
            "attributes", "stock_settings", "product_labels", "images", "pdf_files", "extension_data",
        ] {
            #expect(made[name] == [], "\(name)")
        }
        for name in ["created", "online_since", "last_modified"] {
            #expect(made[name] == "2026-03-01 13:00:00", "\(name)")
        }
        #expect(made["rewrite_url"] == "shirt")
        #expect(made["url"] == "http://butik.test/shirt")
    }

    @Test func `ids, flags and money have the types clients know`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Shape")
        let shop = furnished.shop
        let id = furnished.ids["product_id"] ?? 0
        let main = furnished.id("category_id")
        let shown = try await shop.put(
            "product/\(id)", ["main_category_id": main, "price": .number(JSONNumber(text: "249.95")), "vat": 25]
        ).json
        #expect(shown["main_category_id"].text == "\(main.integer)")
        #expect(shown["supplier_id"] == furnished.id("supplier_id"))
        #expect(shown["categories"] == .array([main]))
        #expect(shown["price"].digits == "249.95")
        #expect(shown["vat"] == 25)
        #expect(shown["in_stock"] == 49)
        let category = try await shop.put("category/\(main.integer)", ["is_hidden": 1, "json_data": "{\"a\":1}"]).json
        #expect(category["is_hidden"] == "1")
        #expect(category["is_removed"] == "0")
        #expect(category["in_menu"] == 1)
        #expect(category["parent_id"] == 0)
        #expect(category["json_data"] == "{\"a\":1}")
        #expect(category["sort_order"] == "normal")
    }

    @Test func `a supplier has the members of the Dart app's model`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("supplier", ["name": "Maker"]).json
        #expect(Array(made.names.prefix(5)) == ["supplier_id", "is_removed", "name", "link_to", "dropshipping_mail"])
        #expect(made["is_removed"] == "0")
        #expect(made["link_to"].isNull && made["dropshipping_mail"].isNull)
    }

    @Test func `an order has the members of the fact sheet`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Shape")
        let order = try await furnished.shop.get("order/\(furnished.ids["order_id"] ?? 0)").json
        for name in [
            "order_id", "webshop_order_id", "invoice_id", "customer_id", "created", "time", "last_modified", "status",
            "paid", "paid_time", "payment_gateway_id", "email", "phone", "order_name", "order_company_name",
            "order_address", "order_zipcode", "order_city", "order_country_id", "order_country", "del_name",
            "del_company_name", "del_address", "del_zipcode", "del_city", "del_country_id", "del_country", "vat_number",
            "ean_number", "comments", "extras", "pickup_address", "shipping_id", "shipping_price", "tracking_number",
            "tracking_url", "price", "vat", "total_price", "products",
        ] {
            #expect(order.names.contains(name), "\(name)")
        }
        #expect(order["order_country_id"] == 45 && order["order_country"] == "Denmark")
        #expect(order["extras"] == [:])
        for name in [
            "order_product_id", "product_id", "own_id", "name", "amount", "unit_price", "vat", "total", "attributes",
        ] {
            #expect(order["products"][0].names.contains(name), "\(name)")
        }
    }
}
