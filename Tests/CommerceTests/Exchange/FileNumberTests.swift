import Commerce
import Exchange
import Foundation
import Resources
import Support
import Testing

/// Numbers of files: commas and points before decimals and between thousands.
@Suite struct FileNumberTests {
    private static func file(_ name: String) throws -> [UInt8] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/prices/\(name).csv")
        return Array(try Data(contentsOf: url))
    }

    /// Price and mass of each product by its number.
    private static func goods(_ shop: TestShop) async throws -> [String: [String]] {
        let products = try await shop.get("product?limit=100").json["products"].elements
        return products.reduce(into: [:]) {
            $0[$1["own_id"].text] = [$1["price"].digits, $1["shipping_weight"].digits]
        }
    }

    @Test func `thousands of either kind are refused where a file has both`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(try Self.file("woo-thousands"), as: .wooCommerceCSV)
        #expect(try await Self.goods(shop) == ["WT-3": ["129.5", ""]])
        let grouped = "has signs between thousands: write it without them, and with a point before its decimals"
        let either = "can be 1800 or 1.800: write it without signs between thousands and with other than three decimals"
        #expect(
            report.faults.map(\.description) == [
                "record 1, column Regular price: 12.999,00 \(grouped)",
                "record 2, column Regular price: 1,299.00 \(grouped)",
                "record 4, column Regular price: 1,800 \(either), such as 1800.00 or 1.8000 (and 1 more)",
            ])
    }

    @Test(arguments: ["1e5", "1E+05", "2.5e1"])
    func `what a spreadsheet has shortened by an exponent is no number`(_ price: String) async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing("own_id,name,price\nA,Cap,\(price)\n", as: .butikCSV)
        let words = "record 1, column price: \(price) must be written out, without an exponent"
        #expect(report.faults.map(\.description) == [words])
    }

    @Test func `decimals need no digit before or behind their point`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(try Self.file("woo-dot-decimals"), as: .wooCommerceCSV)
        #expect(report.faults == [])
        #expect(
            try await Self.goods(shop) == ["WP-1": ["0.5", "0.2"], "WP-2": ["20", "0.8"], "WP-3": ["12", ""]])
    }

    @Test func `prices that are none are refused, whatever they look like`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(try Self.file("shopify-price-texts"), as: .shopifyCSV)
        #expect(try await Self.goods(shop) == ["PR-3": ["129.5", "0.2"], "PR-4": ["99.9", "0.2"]])
        #expect(report.faults.map(\.place.record) == [1, 2, 5, 6])
    }

    @Test func `a file of a Danish spreadsheet is read, or refused where it is not clear`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(try Self.file("butik-excel-dk-utf8"), as: .butikCSV)
        #expect(try await Self.goods(shop) == ["BX-1": ["29.5", ""], "BX-3": ["99", ""]])
        #expect(report.faults.map(\.place.record) == [2, 4])
    }

    @Test func `grams made of ounces and tax classes come in`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.importing(try Self.file("shopify-grams-decimals"), as: .shopifyCSV).faults == [])
        let kande = try await shop.get("product/own_id:kande").json["variants"].elements
        #expect(kande.map { $0["weight"].digits } == ["0.283", "0.397"])
        #expect(try await shop.importing(try Self.file("woo-tax-class"), as: .wooCommerceCSV).created == 2)
        #expect(try await shop.get("product/own_id:WTX-2").json["vat"] == 0)
    }

    /// A file of one product with a price, and others that prove something of its numbers.
    private static func faults(_ price: String, _ others: [String], in format: ImportFormat) async throws -> [Int] {
        let shop = try await TestShop.open()
        let rows = ([price] + others).enumerated().map { index, price in
            switch format {
            case .shopifyCSV: "h\(index),H,Title,Default Title,S-\(index),\"\(price)\"\n"
            case .wooCommerceCSV: "\(index),simple,S-\(index),W,\"\(price)\"\n"
            default: "S-\(index),B,\"\(price)\"\n"
            }
        }.joined()
        let header =
            switch format {
            case .shopifyCSV: "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\n"
            case .wooCommerceCSV: "ID,Type,SKU,Name,Regular price\n"
            default: "own_id,name,price\n"
            }
        return try await shop.importing(header + rows, as: format).faults.map(\.place.record)
    }

    @Test(arguments: [ImportFormat.shopifyCSV, .wooCommerceCSV, .butikCSV])
    func `one sign before three digits is read where the file proves what it is`(_ format: ImportFormat) async throws {
        for unclear in ["1,800", "1.800", "12,990", "999.000", "-1,000"] {
            #expect(try await Self.faults(unclear, ["7"], in: format) == [1], "\(unclear)")
            #expect(try await Self.faults(unclear, ["1,5", "1.5"], in: format) == [1], "\(unclear)")
        }
        #expect(try await Self.faults("1,800", ["1,5"], in: format) == [])
        #expect(try await Self.faults("1.800", ["0.500"], in: format) == [])
        #expect(try await Self.faults("1,800", ["1.5"], in: format) == [1])
        #expect(try await Self.faults("1,800", ["7.999,00"], in: format) == [2])
        for clear in ["0,500", "1234.500", "1,80", "1.8000", ".500"] {
            #expect(try await Self.faults(clear, [], in: format) == [], "\(clear)")
        }
        for grouped in ["1,299.00", "1.299,00", "1,299,000", "1.299.000"] {
            #expect(try await Self.faults(grouped, [], in: format) == [1], "\(grouped)")
        }
        #expect(try await Self.faults("1.2.3", [], in: format) == [1])
    }

    @Test func `our own masses have points, and money and counts never three decimals`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.importing("own_id,name,price,shipping_weight\nA,A,1,1.234\n", as: .butikCSV)
        #expect(made.faults == [])
        #expect(try await Self.goods(shop)["A"] == ["1", "1.234"])
        let lists = [
            ("own_id,name,price,shipping_weight\nB,B,1,\"1,234\"\n", "shipping_weight"),
            ("own_id;name;price;shipping_weight\nB;B;1;1.234\n", "shipping_weight"),
            ("own_id,name,price,stock\nB,B,1,1.000\n", "stock"), ("own_id,name,price,weight\nB,B,1,1.000\n", "weight"),
        ]
        for (text, column) in lists {
            let report = try await shop.importing(text, as: .butikCSV)
            #expect(report.faults.map(\.column) == [column], "\(text)")
            #expect(report.faults.first?.reason.contains("can be 1") == true, "\(text)")
        }
    }

    @Test func `an unclear number of a variant refuses that variant alone`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            """
            Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price
            hat,Hat,Size,S,H-S,500,99
            hat,,,M,H-M,500,"1,099"
            hat,,,L,H-L,"1,200",99

            """, as: .shopifyCSV)
        #expect(report.faults.map { "\($0.place.record) \($0.column)" } == ["2 Variant Price", "3 Variant Grams"])
        let hat = try await shop.get("product/own_id:hat").json
        #expect(hat["stock_settings"].elements.map { $0["own_id"].text } == ["H-S"])
    }
}
