import Basics
import Commerce
import Resources
import Support
import Testing

/// What is bad in a record is told where it stands, and leaves the rest of it alone (CONTRACT 3).
@Suite struct PartialImportTests {
    @Test func `a bad variant, picture or count does not take its product with it`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Other", JSONObject([.init("own_id", "TAKEN")]))
        let file = """
            Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Image Src
            s,Shirt,Size,S,S-1,100,3,https://x.test/1.jpg
            s,,,M,S-2,abc,3,ftp://x.test/2.jpg
            s,,,L,TAKEN,120,-2,
            s,,,XL,S-4,130,-1,
            s,,,S,S-5,130,1,

            """
        let report = try await shop.importing(file, as: .shopifyCSV)
        let faults = [
            "record 2, column Image Src: ftp://x.test/2.jpg must begin with https://",
            "record 2, column Variant Price: must be a number with at most 2 decimals",
            "record 3, column Variant SKU: is already in use by another product or variant",
            "record 4, column Variant Inventory Qty: is below zero, which the product does not allow",
            "record 5, column Option1 Value: names the variant of an earlier row",
        ]
        #expect(report.faults.map(\.description).sorted() == faults)
        #expect((report.created, report.failed) == (1, 5))
        #expect(report.faults.first { $0.place.record == 3 }?.ownID == "TAKEN")
        let product = try await shop.get("product/own_id:s").json
        #expect(product["stock_settings"].elements.map { $0["own_id"].text } == ["S-1", "S-4"])
        #expect(product["images"].elements.map { $0["source_url"].text } == ["https://x.test/1.jpg"])
        #expect(product["in_stock"] == 3)
        let again = try await shop.importing(file, as: .shopifyCSV)
        #expect((again.unchanged, again.failed) == (1, 5))
        #expect(try await shop.findings() == [])
    }

    @Test func `a bad row among many pages of good ones is the only one that is missing`() async throws {
        let shop = try await TestShop.open()
        let lines = (1...70).map { number in
            let price = [7, 33, 64].contains(number) ? "dear" : "10"
            return #"{"own_id":"P\#(number)","name":"P","price":"\#(price)"}"#
        }
        let report = try await shop.importing(lines.joined(separator: "\n"), as: .butikJSONL)
        #expect((report.created, report.faults.map(\.ownID)) == (67, ["P7", "P33", "P64"]))
    }

    @Test func `a new product of which no variant is good is not made`() async throws {
        let shop = try await TestShop.open()
        let file = """
            type,parent,own_id,name,price,option1_name,option1_value
            product,,N,New,10,,
            variant,N,N-1,,abc,Size,S
            variant,N,,,,,
            product,,G,Good,10,,
            variant,G,G-1,,,Size,S
            variant,G,G-2,,,Length,S

            """
        let report = try await shop.importing(file, as: .butikCSV)
        #expect(
            report.faults.map(\.description) == [
                "record 1: is new, and none of its variants can be taken",
                "record 2, column price: must be a number with at most 2 decimals",
                "record 3, column option1_name: is empty, and so is own_id",
                "record 6, column option1_name: names no attribute of the product's profile: Length",
            ])
        #expect(try await shop.total("product") == 1)
        #expect(report.created == 1)
    }

    @Test func `prices and stock come by the numbers of variants`() async throws {
        let shop = try await TestShop.open()
        try await shop.importing(
            """
            type,parent,own_id,name,price,option1_name,option1_value,stock
            ,,VV,Vari,10,,,
            variant,VV,VV-1,,,Size,S,3
            variant,VV,VV-2,,,Size,M,4

            """, as: .butikCSV)
        func state() async throws -> [String] {
            let product = try await shop.get("product/own_id:VV").json
            let levels = try await shop.get("stock/\(product["product_id"].integer)").json["stock"].elements
            return product["stock_settings"].elements.map { row in
                let count = levels.first { $0["own_id"] == row["own_id"] }?["count"].integer ?? -1
                return "\(row["own_id"].text) \(row["price"].digits) \(count)"
            }
        }
        let one = try await shop.importing("type,parent,own_id,price,stock\nvariant,VV,VV-2,15,9\n", as: .butikCSV)
        #expect((one.updated, one.faults) == (1, []))
        #expect(try await state().last == "VV-2 15 9")
        let list = "own_id,price,stock\nVV-1,16,10\nVV-2,17.5,11\n"
        let two = try await shop.importing(list, as: .butikCSV)
        #expect((two.updated, two.faults) == (2, []))
        #expect(try await state() == ["VV-1 16 10", "VV-2 17.5 11"])
        #expect(try await shop.importing(list, as: .butikCSV).unchanged == 2)
        // Beside its product, in either order.
        let both = try await shop.importing("own_id,stock,name\nVV-1,3,\nVV,,Changed\nVV-2,4,\n", as: .butikCSV)
        #expect(both.faults == [])
        #expect(try await state() == ["VV-1 16 3", "VV-2 17.5 4"])
        #expect(try await shop.get("product/own_id:VV").json["name"] == "Changed")
        let lines = #"{"own_id":"VV-1","price":18,"stock":"x"}"#
        let bad = try await shop.importing(lines, as: .butikJSONL)
        #expect(
            bad.faults.map(\.description) == [
                "record 1, column stock_settings: 0/stock must be a whole number from -1000000000000 to 1000000000000"
            ])
        #expect(try await state() == ["VV-1 18 3", "VV-2 17.5 4"])
        let unknown = try await shop.importing(
            "type,parent,own_id,price\nvariant,VV,VV-9,15\nvariant,VV,VV-2,19\n", as: .butikCSV)
        #expect(
            unknown.faults.map(\.description) == [
                "record 1, column option1_name: is empty, and no variant has the own_id VV-9"
            ])
        #expect(try await state() == ["VV-1 18 3", "VV-2 19 4"])
        let other = try await shop.importing(
            "type,parent,own_id,option1_name,option1_value\nvariant,VV,VV-R,Colour,Red\n", as: .butikCSV)
        #expect(
            other.faults.map(\.description) == [
                "record 1, column option1_name: is of another profile than the variants of the product"
            ])
        #expect(try await shop.findings() == [])
    }
}
