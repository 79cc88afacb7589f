import Commerce
import Exchange
import Foundation
import Resources
import Support
import Testing

/// A file's prices are the shop's prices afterwards: files as other systems and spreadsheets write them.
@Suite struct FilePriceTests {
    private static func file(_ name: String) throws -> [UInt8] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/prices/\(name).csv")
        return Array(try Data(contentsOf: url))
    }

    /// What one of each number costs in an order; `none` where it can't be ordered for want of a price.
    private static func paid(_ shop: TestShop, _ numbers: String...) async throws -> [String] {
        var paid: [String] = []
        for number in numbers {
            // A piece more than the file says, which the order takes. Of a set there are as many as of its members.
            _ = try await shop.post("stock", [["own_id": .string(number), "adjust": 1]])
            let order = try await shop.order([["own_id": .string(number), "amount": 1]])
            let price = order.json["products"][0]["unit_price"].digits
            paid.append(order.status == 200 ? price : order.json["code"].text)
        }
        return paid
    }

    @Test func `each file's prices arrive, also those that return to the first row's`() async throws {
        let shop = try await TestShop.open()
        for (number, wanted) in [(1, ["499", "499"]), (2, ["549", "499"]), (3, ["549", "549"])] {
            let report = try await shop.importing(try Self.file("shopify-reprice-\(number)"), as: .shopifyCSV)
            #expect(report.faults == [])
            #expect(try await Self.paid(shop, "FR-S", "FR-M") == wanted, "file \(number)")
            let events = try await shop.total("event")
            _ = try await shop.importing(try Self.file("shopify-reprice-\(number)"), as: .shopifyCSV)
            #expect(try await shop.total("event") == events, "file \(number) again")
        }
    }

    @Test func `a mass and a cost that return to the first row's arrive too`() async throws {
        let shop = try await TestShop.open()
        func file(_ grams: Int, _ cost: String) -> String {
            "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price,Cost per item\n"
                + "hat,Hat,Size,S,H-S,500,99.00,10\nhat,,,M,H-M,\(grams),99.00,\(cost)\n"
        }
        for (grams, cost, wanted) in [(700, "12", ["0.7", "12"]), (500, "10", ["0.5", "10"])] {
            #expect(try await shop.importing(file(grams, cost), as: .shopifyCSV).faults == [])
            let variant = try await shop.get("product/own_id:hat").json["variants"][1]
            #expect([variant["weight"].digits, variant["purchase_price"].digits] == wanted)
        }
    }

    @Test func `a price below zero is told as that, and no empty price is made of it`() async throws {
        let shop = try await TestShop.open()
        let file =
            "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\nhat,Hat,Title,Default Title,H,-5\n"
        let faults = try await shop.importing(file, as: .shopifyCSV).faults
        #expect(faults.map(\.column) == ["Variant Price"])
        #expect(faults.first?.reason.contains("must be from 0") == true, "\(faults)")
    }

    @Test func `an offer that the next file has no more is over`() async throws {
        let shop = try await TestShop.open()
        func file(_ before: String) -> String {
            "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price\n"
                + "hat,Hat,Size,S,H-S,80.00,\(before)\nhat,,,M,H-M,90.00,\(before)\n"
        }
        _ = try await shop.importing(file("100.00"), as: .shopifyCSV)
        #expect(try await shop.get("product/own_id:hat").json["sale_price"] == 80)
        _ = try await shop.importing(file(""), as: .shopifyCSV)
        let hat = try await shop.get("product/own_id:hat").json
        #expect((hat["price"], hat["sale_price"]) == (80, .null))
        #expect(hat["variants"].elements.map { $0["sale_price"] } == [.null, .null])
        #expect(try await Self.paid(shop, "H-S", "H-M") == ["80", "90"])
    }

    @Test func `an offer's time that the next file has no more is over`() async throws {
        let shop = try await TestShop.open()
        func file(_ start: String) -> String {
            "ID,Type,SKU,Name,Regular price,Sale price,Date sale price starts\n1,simple,A,A,100,80,\(start)\n"
        }
        _ = try await shop.importing(file("2040-01-01"), as: .wooCommerceCSV)
        #expect(try await Self.paid(shop, "A") == ["100"])
        _ = try await shop.importing(file(""), as: .wooCommerceCSV)
        #expect(try await Self.paid(shop, "A") == ["80"])
    }

    @Test func `a title on every row makes one product`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(try Self.file("shopify-title-on-every-row"), as: .shopifyCSV)
        #expect((report.created, report.faults) == (1, []))
        #expect(try await Self.paid(shop, "RJ-S", "RJ-M", "RJ-L") == ["499", "499", "529"])
    }

    @Test func `our own files say where a variant's price is the product's`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.importing(try Self.file("shopify-reprice-1"), as: .shopifyCSV)
        let files = [(ExportFormat.butikJSONL, ImportFormat.butikJSONL), (.butikCSV, .butikCSV)]
        for (out, back) in files {
            let before = try await shop.exported(out)
            _ = try await shop.importing("own_id,price,sale_price\nFR-M,20,10\n", as: .butikCSV)
            #expect(try await Self.paid(shop, "FR-S", "FR-M") == ["499", "10"])
            #expect(try await shop.importing(before, as: back).faults == [])
            #expect(try await Self.paid(shop, "FR-S", "FR-M") == ["499", "499"])
        }
    }

    // MARK: No price

    @Test func `a new product without a price is refused, and told`() async throws {
        let shop = try await TestShop.open()
        let reason = "is required for a new product; 0 is a price too"
        let files: [(String, ImportFormat, String)] = [
            (String(decoding: try Self.file("butik-no-price-column"), as: UTF8.self), .butikCSV, "price"),
            ("own_id,name,price\nNP-1,Uden pris,\n", .butikCSV, "price"),
            (#"{"own_id":"NP-1","name":"Uden pris"}"#, .butikJSONL, "price"),
            (#"{"own_id":"NP-1","name":"Uden pris","price":null}"#, .butikJSONL, "price"),
            ("ID,Type,SKU,Name,Regular price\n1,simple,NP-1,Uden pris,\n", .wooCommerceCSV, "Regular price"),
            (
                "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\nnp,Uden pris,,,NP-1,\n",
                .shopifyCSV, "Variant Price"
            ),
        ]
        for (text, format, column) in files {
            let report = try await shop.importing(text, as: format)
            #expect(report.faults.map(\.description) == ["record 1, column \(column): \(reason)"], "\(format)")
            #expect(report.created == 0, "\(format)")
        }
        #expect(try await shop.total("product") == 0)
    }

    @Test func `a price of 0 that is said comes in, and an old product keeps its price`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.importing("own_id,name,price\nA,A,0\nB,B,7\n", as: .butikCSV).faults == [])
        #expect(try await Self.paid(shop, "A", "B") == ["0", "7"])
        for (text, format) in [
            ("own_id,name\nB,Bee\n", ImportFormat.butikCSV), ("own_id,name,price\nB,Bee 2,\n", .butikCSV),
            (#"{"own_id":"B","name":"Bee 3","price":null}"#, .butikJSONL),
            ("ID,Type,SKU,Name,Regular price\n1,simple,B,Bee 4,\n", .wooCommerceCSV),
        ] {
            #expect(try await shop.importing(text, as: format).updated == 1)
            #expect(try await Self.paid(shop, "B") == ["7"])
        }
    }

    @Test func `sets and parents of variants need no price of their own`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            """
            {"own_id":"A","name":"A","price":5}
            {"own_id":"SET","name":"Set","bundle":[{"own_id":"A","count":2}]}
            {"own_id":"P","name":"P","profile":"Size","stock_settings":[{"own_id":"P-1","options":{"Size":"S"},"price":3}]}

            """, as: .butikJSONL)
        #expect((report.created, report.faults) == (3, []))
        #expect(try await Self.paid(shop, "A", "SET", "P-1") == ["5", "no_price", "3"])
    }

    @Test(arguments: [(ExportFormat.butikJSONL, ImportFormat.butikJSONL), (.butikCSV, .butikCSV)])
    func `what has no price leaves as none, and comes back so`(_ out: ExportFormat, _ back: ImportFormat) async throws {
        let shop = try await TestShop.open()
        try await shop.post("product", ["own_id": "BARE", "name": "Bare"])
        try await shop.post("product", ["own_id": "FREE", "name": "Free", "price": 0])
        let file = try await shop.exported(out)
        let other = try await TestShop.open()
        #expect(try await other.importing(file, as: back).faults == [])
        #expect(try await other.exported(out) == file)
        #expect(try await Self.paid(other, "BARE", "FREE") == ["no_price", "0"])
        try await shop.put("product/own_id:BARE", ["price": 9])
        #expect(try await shop.importing(file, as: back).updated == 1)
        #expect(try await Self.paid(shop, "BARE") == ["no_price"])
    }
}
