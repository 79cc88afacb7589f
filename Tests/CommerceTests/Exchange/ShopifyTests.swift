import Basics
import ButikFiles
import Commerce
import Exchange
import Resources
import Support
import Testing

/// Shopify's product export: three real files, and what they have none of.
@Suite struct ShopifyTests {
    private static let names = ["apparel", "home-and-garden", "jewelery"]

    private static func file(_ name: String) throws -> [UInt8] { try ButikFiles.seed("shopify-\(name).csv") }

    private static func bodies(_ name: String) throws -> [JSON] {
        try ImportFormat.shopifyCSV.records(try file(name)).map { .object(try $0.get().body) }
    }

    @Test(
        arguments: [
            ("apparel", 20, 3, 1, 20, 20), ("home-and-garden", 20, 2, 1, 21, 31), ("jewelery", 20, 6, 3, 41, 50),
        ])
    func `every product, variant, option, picture and tag of the real files is read`(
        _ name: String, _ products: Int, _ variants: Int, _ choosable: Int, _ images: Int, _ tags: Int
    ) throws {
        let bodies = try Self.bodies(name)
        #expect(bodies.count == products)
        #expect(bodies.reduce(0) { $0 + $1["stock_settings"].elements.count } == variants)
        #expect(bodies.filter { !$0["profile"].isNull }.count == choosable)
        #expect(bodies.reduce(0) { $0 + $1["images"].elements.count } == images)
        #expect(bodies.reduce(0) { $0 + $1["product_labels"].elements.count } == tags)
        #expect(Set(bodies.map { $0["own_id"].text }).count == products)
    }

    @Test func `compare-at prices, pictures of variants and weights are understood`() throws {
        let bodies = try Self.bodies("jewelery")
        let anchor = try #require(bodies.first { $0["own_id"] == "leather-anchor" })
        #expect(anchor["price"] == "85")
        #expect(anchor["sale_price"] == "69.99")
        #expect(anchor["brand"] == "Company 123")
        #expect(anchor["categories"] == [["Bracelet"]])
        #expect(anchor["profile"]["name"] == "Color")
        #expect(anchor["stock_settings"].elements.map { $0["options"]["Color"].text } == ["Gold", "Silver"])
        // What is as the product has it is said, so that nothing older stays.
        #expect(anchor["stock_settings"][0].names == ["options", "price", "sale_price", "stock"])
        #expect((anchor["stock_settings"][0]["price"], anchor["stock_settings"][0]["sale_price"]) == (.null, .null))
        #expect(anchor["stock_settings"][1]["sale_price"] == "55")
        #expect(anchor["images"].elements.map { $0["variant_name"].text } == ["Gold", "Silver", ""])
        let earrings = try #require(bodies.first { $0["own_id"] == "boho-earrings" })
        #expect(earrings["shipping_weight"] == "0.028")
        #expect(earrings["stock"] == "1")
        #expect(earrings["images"].elements.count == 3)
    }

    private static let header =
        "Handle,Title,Vendor,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,"
        + "Option3 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
        + "Variant Compare At Price,Variant Barcode,Image Src,Image Position,SEO Title,SEO Description,Status\n"

    @Test func `a third option is folded into the second`() throws {
        let body = try ImportFormat.shopifyCSV.bodies(
            Self.header
                + """
                shirt,Shirt,Acme,"New, Sale",true,Size,S,Colour,Red,Fabric,Wool,S-RW,100,3,deny,50,,'5701,,,,,active
                shirt,,,,,,S,,Red,,Silk,S-RS,100,0,continue,60,70,,,,,,

                """)[0]
        #expect(body["profile"]["name"] == "Size / Colour / Fabric")
        #expect(body["profile"]["attributes"].elements.map { $0["name"].text } == ["Size", "Colour / Fabric"])
        let settings = body["stock_settings"].elements
        #expect(settings[0]["options"] == ["Size": "S", "Colour / Fabric": "Red / Wool"])
        #expect(settings[0]["own_id"] == "S-RW")
        #expect(settings[0]["gtin"] == "5701")
        #expect(settings[1]["price"] == "70")
        #expect(settings[1]["sale_price"] == "60")
        #expect(body["allow_negative_stock"] == 1)
        #expect(body["product_labels"] == ["New", "Sale"])
        #expect(body["is_online"] == 1)
    }

    @Test func `what cannot be a product is told by record, line and column`() throws {
        let records = try ImportFormat.shopifyCSV.records(
            Self.header
                + """
                draft,Draft,,,true,Title,Default Title,,,,,SKU-1,,,,5,,,,,T,D,draft
                ,Nameless,,,true,Title,Default Title,,,,,,,,,5,,,,,,,
                lost,,,,,,M,,,,,,,,,5,,,,,,,
                twice,Twice,,,true,Size,M,,,,,,,,,5,,,,,,,
                twice,,,,,,M,,,,,,,,,5,,,,,,,
                gap,Gap,,,true,Size,M,Colour,Red,,,,,,,5,,,,,,,
                gap,,,,,,L,,,,,,,,,5,,,,,,,
                short,row

                """)
        let draft = JSON.object(try records[0].get().body)
        #expect(draft["own_id"] == "SKU-1")
        #expect(draft["is_online"] == 0)
        #expect(draft["rewrite_url"] == "draft")
        #expect(draft["meta_title"] == "T" && draft["meta_description"] == "D")
        let faults = records.dropFirst().flatMap { record -> [String] in
            switch record {
            case .failure(let fault): [fault.description]
            case .success(let record): record.faults.map(\.description)
            }
        }
        #expect(
            faults == [
                "record 2, column Handle: is empty",
                "record 3, column Title: is empty, and no row of lost stands right before it",
                "record 5, column Option1 Value: names the variant of an earlier row",
                "record 7, column Option2 Value: is empty; every variant needs a Colour",
                "record 8: has 2 fields instead of 23",
            ])
    }

    @Test func `the three files load completely, and again without a trace`() async throws {
        let shop = try await TestShop.open()
        for name in Self.names {
            let report = try await shop.importing(try Self.file(name), as: .shopifyCSV)
            #expect((report.created, report.updated, report.faults) == (20, 0, []), "\(name)")
        }
        let paths = [
            "product", "brand", "category", "product-label", "profile", "profile-attribute-value", "stock-entry",
        ]
        var counts: [String: Int64] = [:]
        for path in paths { counts[path] = try await shop.total(path) }
        print("shopify: \(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
        #expect((counts["product"], counts["brand"], counts["category"]) == (60, 5, 5))
        #expect((counts["product-label"], counts["profile"], counts["profile-attribute-value"]) == (36, 3, 10))
        let shirt = try await shop.get("product/own_id:ocean-blue-shirt?expand=brand").json
        #expect(shirt["brand"]["name"] == "partners-demo")
        #expect(shirt["product_labels"].elements.map { $0["name"].text } == ["men"])
        #expect(shirt["rewrite_url"] == "ocean-blue-shirt")
        #expect(shirt["in_stock"] == 1)
        let events = try await shop.total("event")
        for name in Self.names {
            let report = try await shop.importing(try Self.file(name), as: .shopifyCSV)
            #expect((report.created, report.updated, report.unchanged) == (0, 0, 20), "\(name)")
        }
        #expect(try await shop.total("event") == events)
        #expect(try await shop.findings() == [])
    }
}
