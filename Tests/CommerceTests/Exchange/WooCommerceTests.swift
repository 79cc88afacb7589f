import Basics
import Commerce
import Exchange
import Foundation
import Resources
import Support
import Testing

/// WooCommerce's product export, as its core writes it.
@Suite struct WooCommerceTests {
    private static func file() throws -> [UInt8] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/woocommerce.csv")
        return Array(try Data(contentsOf: url))
    }

    private static func bodies() throws -> [JSON] {
        try ImportFormat.wooCommerceCSV.records(file()).map { .object(try $0.get().body) }
    }

    @Test func `simple products have their prices, dates, stock and places`() throws {
        let mug = try Self.bodies()[0]
        #expect(mug["own_id"] == "MUG-1")
        #expect(mug["name"] == "Mug, large")
        #expect((mug["price"], mug["sale_price"]) == ("129.50", "99"))
        // The last day of the sale is part of it.
        #expect((mug["sale_from"], mug["sale_to"]) == ("2026-02-01", "2026-02-28"))
        #expect(mug["stock"] == "12")
        #expect(mug["shipping_weight"] == "0.35")
        #expect(mug["categories"] == [["Kitchen", "Cups"], ["Gifts, small"]])
        #expect(mug["main_category"] == ["Kitchen", "Cups"])
        #expect(mug["product_labels"] == ["Featured", "new", "hand made"])
        #expect(
            mug["images"].elements.map { $0["url"].text } == ["https://woo.test/mug.jpg", "https://woo.test/mug-2.jpg"])
        #expect(mug["allow_negative_stock"] == 1)
        #expect(mug["profile"]["name"] == "Attributes")
        #expect(
            mug["attributes"] == [["name": "Material", "val": "Clay"], ["name": "Material", "val": "Glaze, clear"]])
        #expect(mug["gtin"] == "5700000000012")
    }

    @Test func `variations become the variants of their parent, wherever they stand`() throws {
        let records = try ImportFormat.wooCommerceCSV.records(Self.file()).map { try $0.get() }
        let shirt = JSON.object(try #require(records.first { $0.ownID == "SHIRT" }).body)
        #expect(shirt["price"] == "200")
        #expect(shirt["profile"]["name"] == "Colour / Size")
        #expect(shirt["profile"]["attributes"][1]["values"].elements.map { $0["val"].text } == ["S", "M"])
        #expect(shirt["profile"]["attributes"][2]["name"] == "Fabric")
        #expect(shirt["profile"]["attributes"][2]["is_variant"] == 0)
        #expect(
            shirt["stock_settings"].elements.map { $0["options"] } == [
                ["Colour": "Red", "Size": "S"], ["Colour": "Red", "Size": "M"], ["Colour": "Blue", "Size": "M"],
            ])
        #expect(shirt["stock_settings"][0]["own_id"] == "SHIRT-RS")
        #expect(shirt["stock_settings"][1].names == ["options", "price", "sale_price", "stock"])
        #expect(shirt["stock_settings"][1]["sale_price"] == "180")
        #expect(shirt["images"].elements.map { $0["variant_name"].text } == ["", "Red / S"])
        #expect(!records.contains { $0.mustExist })
        let curtain = JSON.object(try #require(records.first { $0.ownID == "id:17" }).body)
        #expect(curtain["stock_settings"][0]["options"] == ["Length": "Long"])
    }

    @Test func `the members of a group are related`() throws {
        let bodies = try Self.bodies()
        let set = try #require(bodies.first { $0["name"] == "Breakfast set" })
        #expect(set["own_id"] == "id:30")
        #expect(set["related"] == ["MUG-1", "id:17", "SHIRT"])
        #expect(set["similar"] == ["SHIRT"])
        #expect(set["is_online"] == 0)
        #expect(set["no_internal_search"] == 1)
    }

    @Test func `the file loads, links and all, and again without a trace`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(try Self.file(), as: .wooCommerceCSV)
        #expect(report.faults.map(\.description) == [])
        #expect(report.created == 4)
        let set = try await shop.get("product/own_id:id:30").json
        #expect(set["related"].elements.count == 3)
        let mug = try await shop.get("product/own_id:MUG-1").json
        #expect(set["related"][0] == mug["product_id"])
        #expect(mug["vat"] == 0)
        #expect(mug["sale_to"] == "2026-03-01 00:00:00")
        let events = try await shop.total("event")
        let again = try await shop.importing(try Self.file(), as: .wooCommerceCSV)
        #expect((again.created, again.updated, again.failed) == (0, 0, 0))
        #expect(try await shop.total("event") == events)
    }

    @Test func `a variation that leaves its choice open, or has no parent, is refused`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            """
            ID,Type,SKU,Name,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)
            1,variable,A,A,,,Size,"S, M"
            2,variation,A-S,A - S,5,A,Size,S
            3,variation,A-X,A - any,5,A,Size,
            4,variation,B-S,B - S,5,B,Size,S
            5,variation,C-S,C,5,,Size,S
            6,simple,D,,5,,,

            """, as: .wooCommerceCSV)
        #expect(
            report.faults.map(\.description) == [
                "record 3, column Attribute 1 value(s): leaves open what the variation is; give it a value",
                "record 4, column Parent: B is no product of this shop or before in the file",
                "record 5, column Parent: is empty", "record 6, column Name: is required and cannot be empty",
            ])
        // With the one variation that is good.
        #expect(report.created == 1)
    }

    @Test func `variations before their product, of an id, and not published`() async throws {
        let shop = try await TestShop.open()
        func file(_ published: String) -> String {
            """
            ID,Type,SKU,Name,Published,Regular price,Parent,Upsells,Attribute 1 name,Attribute 1 value(s)
            3,variation,V-S,Vari - S,\(published),10,V,,Size,S
            2,variable,V,'-Vari,1,,,,Size,"S, M, L"
            4,variation,V-M,Vari - M,0,11,V,,Size,M
            5,variation,V-L,Vari - L,1,"11,50",id:2,,Size,L
            6,simple,G,G,1,"129,50",,id:2,,

            """
        }
        let report = try await shop.importing(file("1"), as: .wooCommerceCSV)
        #expect((report.created, report.faults.map(\.description)) == (2, []))
        let product = try await shop.get("product/own_id:V").json
        #expect(product["name"] == "-Vari")
        #expect(product["price"].digits == "10")
        #expect(product["stock_settings"].elements.map { $0["own_id"].text } == ["V-S", "V-L"])
        #expect(product["stock_settings"][1]["price"].digits == "11.5")
        let other = try await shop.get("product/own_id:G").json
        #expect(other["price"].digits == "129.5")
        #expect(other["similar_products"] == [product["product_id"]] || other["similar"] == [product["product_id"]])
        let events = try await shop.total("event")
        #expect(try await shop.importing(file("1"), as: .wooCommerceCSV).unchanged == 2)
        #expect(try await shop.total("event") == events)
        #expect(try await shop.importing(file("0"), as: .wooCommerceCSV).updated == 1)
        let left = try await shop.get("product/own_id:V").json["stock_settings"].elements
        #expect(left.map { $0["own_id"].text } == ["V-L"])
    }

    @Test func `what a refused record says of other products is not said of a later one`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            """
            ID,Type,SKU,Name,Published,Regular price,Upsells,Cross-sells
            1,simple,Q-1,Bad,1,abc,Q-2,Q-2
            2,simple,Q-2,Two,1,10,,Q-1
            3,simple,Q-1,Good,1,10,,

            """, as: .wooCommerceCSV)
        #expect((report.created, report.failed) == (2, 1))
        #expect(try await shop.get("product/own_id:Q-1").json["related"] == [])
        #expect(try await shop.get("product/own_id:Q-2").json["related"].elements.count == 1)
    }
}
