import Commerce
import Resources
import Support
import Testing

/// Sales as other systems' files write them: what they cost, when they run, and for which variant.
@Suite struct FileSaleTests {
    /// A shirt of two variations, each with its price, sale and the sale's two times.
    private static func woo(_ small: String, _ medium: String, parent: String = ",,,", type: String = "variable")
        -> String
    {
        """
        ID,Type,SKU,Name,Regular price,Sale price,Date sale price starts,Date sale price ends,Parent,Attribute 1 name,Attribute 1 value(s)
        1,\(type),T,T,\(parent),,Size,"S, M"
        2,variation,T-S,T - S,\(small),T,Size,S
        3,variation,T-M,T - M,\(medium),T,Size,M

        """
    }

    private static func paid(_ shop: TestShop, _ amount: Int64 = 1) async throws -> [String] {
        var paid: [String] = []
        for number in ["T-S", "T-M"] {
            _ = try await shop.post("stock", [["own_id": .string(number), "adjust": .number(amount)]])
            let order = try await shop.order([["own_id": .string(number), "amount": .number(amount)]])
            paid.append(order.json["products"][0]["unit_price"].digits)
        }
        return paid
    }

    @Test func `a sale of variations runs when the file says, and the same file changes nothing`() async throws {
        let shop = try await TestShop.open()
        for (times, wanted) in [
            ("2040-01-01,", ["100", "100"]), (",", ["70", "100"]), (",2020-01-01", ["100", "100"]),
        ] {
            let file = Self.woo("100,70,\(times)", "100,,,")
            #expect(try await shop.importing(file, as: .wooCommerceCSV).faults == [])
            #expect(try await Self.paid(shop) == wanted, "\(times)")
            #expect(try await shop.importing(file, as: .wooCommerceCSV).unchanged == 1)
        }
    }

    @Test func `variations alone bring the time of their sale along`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.importing(Self.woo("100,,,", "100,,,"), as: .wooCommerceCSV).faults == [])
        let rows = Self.woo("100,70,2040-01-01,", "90,,,").split(separator: "\n")
        let alone = ([rows[0]] + rows[2...]).joined(separator: "\n") + "\n"
        #expect(try await shop.importing(alone, as: .wooCommerceCSV).faults == [])
        #expect(try await Self.paid(shop) == ["100", "90"])
        let shirt = try await shop.get("product/own_id:T").json
        #expect(shirt["sale_from"] == "2040-01-01 00:00:00")
        #expect(shirt["variants"].elements.map { $0["sale_price"].digits } == ["70", ""])
    }

    @Test func `of sales at different times one is left out, and told`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            Self.woo("100,70,,", "100,60,2040-01-01,2040-02-01"), as: .wooCommerceCSV)
        let reason = "has a sale at another time than the product's other sales; it is left out"
        #expect(report.faults.map(\.description) == ["record 3, column Date sale price starts: \(reason)"])
        #expect(report.faults.map(\.ownID) == ["T-M"])
        #expect((report.created, try await Self.paid(shop)) == (1, ["70", "100"]))
        let own = try await shop.importing(
            Self.woo("100,70,,", "100,60,2040-01-01,", parent: "100,80,2040-01-01,"), as: .wooCommerceCSV)
        #expect(own.faults.map(\.ownID) == ["T-S"])
        #expect(try await Self.paid(shop) == ["100", "100"])
    }

    @Test func `variations at the product's price have its tiers`() async throws {
        let shop = try await TestShop.open()
        let file = Self.woo("100,,,", "120,,,")
        #expect(try await shop.importing(file, as: .wooCommerceCSV).faults == [])
        let shirt = try await shop.get("product/own_id:T").json
        #expect(shirt["stock_settings"].elements.map { $0["price"].digits } == ["", "120"])
        try await shop.put("product/own_id:T", ["discount_intervals": [["from": 3, "price": 90]]])
        #expect(try await Self.paid(shop, 3) == ["90", "120"])
        #expect(try await shop.importing(file, as: .wooCommerceCSV).unchanged == 1)
    }

    @Test(arguments: [
        ("1,800", "1,800 can be 1800 or 1.800"), ("about 2000", "is no number"),
        ("1.800,00", "1.800,00 has signs between thousands"), ("2000", ""),
        ("", ""),
    ])
    func `a price before the offer that can't be read is told, and the offer's price holds`(
        _ before: String, _ reason: String
    ) async throws {
        let shop = try await TestShop.open()
        let file =
            "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price\n"
            + "hat,Hat,Size,S,T-S,1500.00,\"\(before)\"\n"
            + "hat,,,M,T-M,1600.00,\n"
        let report = try await shop.importing(file, as: .shopifyCSV)
        #expect(report.faults.map(\.column) == (reason.isEmpty ? [] : ["Variant Compare At Price"]))
        #expect(report.faults.allSatisfy { $0.reason.hasPrefix(reason) }, "\(report.faults)")
        #expect(report.created == 1)
        #expect(try await Self.paid(shop) == ["1500", "1600"])
    }
}
