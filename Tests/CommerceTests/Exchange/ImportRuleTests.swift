import Basics
import Commerce
import Exchange
import Resources
import Support
import Testing

/// What an import makes keeps the rules that hold for a body, and what does not is told by its record (CONTRACT 3).
@Suite struct ImportRuleTests {
    @Test func `what the database says of itself is told to the log, and people are told what it means`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await server.storage.write { db in
            _ = try db.run("CREATE UNIQUE INDEX odd ON products (webshop_id, lower(gtin))")
        }
        let lines = ["A", "B"].map { #"{"own_id":"\#($0)","name":"P","price":1,"gtin":"1"}"# }.joined(separator: "\n")
        let (said, log) = AsyncStream<String>.makeStream()
        let report = try await shop.importing(lines, as: .butikJSONL) { $0.log = { log.yield($0) } }
        log.finish()
        #expect((report.created, report.faults.map(\.ownID)) == (1, ["B"]))
        #expect(report.faults.map(\.reason) == ["Could not be stored, by a fault of the server; its log says which."])
        let told = await said.reduce(into: []) { $0.append($1) }
        #expect(told.count == 1 && told[0].hasPrefix("record 2 was refused") && told[0].contains("odd"), "\(told)")
        await server.stop()
    }

    /// Letters that no engine can press together.
    private static func noise(_ count: Int, seed: UInt64 = 1) -> String {
        var dice = Dice(seed: seed)
        return String(
            String.UnicodeScalarView((0..<count).compactMap { _ in Unicode.Scalar(UInt32(dice.roll(0x4E00...0x9FA0))) })
        )
    }

    private static func line(_ number: Int, _ more: String) -> String {
        #"{"own_id":"R\#(number)","name":"Product \#(number)","price":10\#(more)}"#
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "9007199254740992", "1e308", "1e400", "NaN"])
    func `a stock or weight out of its range refuses that record, and the others are taken`(_ number: String)
        async throws
    {
        let shop = try await TestShop.open()
        let values =
            #"{"name":"P","attributes":[{"name":"A","values":[{"val":"x","weight":"\#(number)"},{"val":"y"}]}]}"#
        let file = [
            Self.line(1, ""), Self.line(2, #","stock":"\#(number)""#), Self.line(3, #","profile":\#(values)"#),
            Self.line(4, #","mailing_list_ids":["\#(number)"]"#), Self.line(5, #","stock":3"#),
        ].joined(separator: "\n")
        for isDryRun in [true, false] {
            let report = try await shop.importing(file, as: .butikJSONL) { $0.isDryRun = isDryRun }
            #expect(report.created == 3)
            #expect(report.faults.map(\.ownID) == ["R2", "R3", "R4"])
            #expect(report.faults.map(\.column) == ["stock", "profile", "mailing_list_ids"])
        }
        #expect(try await shop.total("profile") == 0)
        #expect(try await shop.total("product") == 3)
    }

    @Test func `the stock of any format may be any number, and kills nothing`() async throws {
        let shop = try await TestShop.open()
        let least = "-9223372036854775808"
        let files: [(ImportFormat, String)] = [
            (.butikCSV, "own_id,name,price,stock\nBOOM,Boom,1,\(least)\n"),
            (
                .shopifyCSV,
                "Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty\nboom,Boom,,,1,\(least)\n"
            ),
            (
                .wooCommerceCSV,
                "Type,SKU,Name,Regular price,Stock,Backorders allowed?,Parent,Attribute 1 name,Attribute 1 value(s)\nsimple,W1,W1,1,\(least),0,,,\n"
                    + "simple,W2,W2,1,\(least),1,,,\nvariable,W3,W3,1,,0,,Size,\"S, M\"\nvariation,W3-1,W3,1,\(least),0,W3,Size,S\n"
            ),
        ]
        for (format, file) in files {
            let report = try await shop.importing(file, as: format)
            #expect(report.failed > 0, "\(format)")
            #expect(
                report.faults.allSatisfy { $0.reason.contains("whole number") || $0.reason.contains("none of its") })
        }
        #expect(try await shop.findings() == [])
    }

    @Test func `weights end at the end of their range, also those that are stored beyond it`() async throws {
        let shop = try await TestShop.open()
        let largest: JSON = 9_007_199_254_740_991
        let first = try await shop.importing(
            Self.line(1, #","profile":"P","attributes":[{"name":"A","val":"x"}]"#), as: .butikJSONL)
        #expect(first.created == 1)
        let attribute = try await shop.get("profile-attribute?limit=1").json["profile_attributes"][0]
        let id = attribute["attribute_id"].integer
        try await shop.put("profile-attribute/\(id)", ["weight": largest])
        try await shop.put(
            "profile-attribute-value/\(attribute["values"][0]["attribute_value_id"].integer)", ["weight": largest])
        for (number, stored) in [(2, 9_007_199_254_740_991), (3, Int64.max), (4, .min)] {
            let shopID = shop.id
            try await shop.server.storage.write { db in
                for table in ["profile_attributes", "profile_attribute_values"] {
                    try db.run("UPDATE \(raw: table) SET weight = \(stored) WHERE webshop_id = \(shopID)")
                }
            }
            let more =
                #","profile":"P","attributes":[{"name":"A","val":"v\#(number)"},{"name":"B\#(number)","val":"v"}]"#
            let report = try await shop.importing(Self.line(number, more), as: .butikJSONL)
            #expect((report.created, report.faults) == (1, []))
            let made = try await shop.get("profile-attribute?name=B\(number)").json["profile_attributes"][0]
            #expect((-9_007_199_254_740_991...9_007_199_254_740_991).contains(made["weight"].integer))
            let again = try await shop.put(
                "profile-attribute/\(made["attribute_id"].integer)", ["weight": made["weight"]])
            #expect(again.status == 200)
        }
    }

    @Test func `a picture behind one at the end of the range has a weight that may be sent back`() async throws {
        let shop = try await TestShop.open()
        let picture = Picture.png(2, 2)
        let data = JSON.string(picture.base64)
        let id = try await shop.product(
            "P", JSONObject([.init("images", [["data": data, "weight": 1_000_000_000], ["data": data]])]))
        let shopID = shop.id
        let weights = try await shop.server.storage.read { db in
            try db.rows(
                "SELECT weight FROM images WHERE webshop_id = \(shopID) AND owner = 'product' AND owner_id = \(id)"
            ).map {
                $0.integer(at: 0)
            }
        }
        #expect(weights == [1_000_000_000, 1_000_000_000])
    }

    @Test func `a name that is too long refuses its record with its place, and the others are taken`() async throws {
        let shop = try await TestShop.open()
        let long = Self.noise(3000)
        let faults: [(String, String)] = [
            (#","profile":{"name":"LP"},"attributes":[{"name":"Care","val":"\#(long)"}]"#, "profile"),
            (#","profile":{"name":"\#(long)"}"#, "profile"),
            (#","profile":{"name":"LP","tag":"\#(long)"}"#, "profile"),
            (#","profile":{"name":"LP","attributes":[{"name":"\#(long)"}]}"#, "profile"),
            (#","categories":[["\#(long)"]]"#, "categories"), (#","brand":"\#(long)""#, "brand"),
            (#","supplier":"\#(long)""#, "supplier"), (#","manufacturer":"\#(long)""#, "manufacturer"),
            (#","safety_profile":"\#(long)""#, "safety_profile"),
            (#","product_labels":["\#(long)"]"#, "product_labels"),
            (#","rewrite_url":"\#(long)""#, "rewrite_url"),
        ]
        let lines = faults.enumerated().map { Self.line($0.offset, $0.element.0) }
        let file = [Self.line(100, "")] + lines + [Self.line(101, #","profile":"LP""#)]
        let report = try await shop.importing(file.joined(separator: "\n"), as: .butikJSONL)
        #expect((report.created, report.failed) == (2, faults.count))
        #expect(report.faults.map(\.column) == faults.map(\.1))
        #expect(report.faults.map(\.place.line) == Array(2...faults.count + 1))
        #expect(report.faults.allSatisfy { $0.reason.contains("3000 characters; at most") })
        for list in ["brand", "supplier", "manufacturer", "safety-profile", "product-label", "category"] {
            #expect(try await shop.total(list) == 0, "\(list)")
        }
    }

    @Test func `names of options and attributes of other shops' files keep the rules too`() async throws {
        let shop = try await TestShop.open()
        let long = Self.noise(3000)
        let shopify = """
            Handle,Title,Option1 Name,Option1 Value,Variant Price
            a,A,\(long),S,1
            b,B,Size,\(long),1
            c,C,Size,S,1

            """
        let one = try await shop.importing(shopify, as: .shopifyCSV)
        #expect((one.created, one.failed) == (1, 2))
        let woo = """
            Type,SKU,Name,Regular price,Attribute 1 name,Attribute 1 value(s)
            simple,W1,W1,1,\(long),x
            simple,W2,W2,1,Care,\(long)
            simple,W3,W3,1,Care,x

            """
        let two = try await shop.importing(woo, as: .wooCommerceCSV)
        #expect((two.created, two.failed) == (1, 2))
        let texts = try await shop.get("profile?limit=100").json["profiles"].elements.map { $0["name"].text }
        #expect(texts.allSatisfy { $0.unicodeScalars.count <= 255 })
    }

    @Test func `a path of categories whose address would be too long has a shorter one`() async throws {
        let shop = try await TestShop.open()
        let path = JSON.array((1...18).map { .string("step \($0) " + String(repeating: "abcd ", count: 46)) })
        let report = try await shop.importing(Self.line(1, #","categories":[\#(path.serialized)]"#), as: .butikJSONL)
        #expect((report.created, report.faults) == (1, []))
        let categories = try await shop.get("category?limit=100&envelope=1").json["categories"].elements
        #expect(categories.count == 18)
        for category in categories {
            let address = category["rewrite_url"]
            #expect((1...255).contains(address.text.unicodeScalars.count))
            #expect(
                try await shop.put("category/\(category["category_id"].integer)", ["rewrite_url": address]).status
                    == 200)
        }
    }

    @Test func `two that want the longest address both get one that may be sent back`() async throws {
        let shop = try await TestShop.open()
        let wish = JSON.string(String(repeating: "å", count: 255))
        for _ in 1...3 {
            let brand = try await shop.post("brand", ["name": "B", "rewrite_url": wish]).json
            #expect((1...255).contains(brand["rewrite_url"].text.unicodeScalars.count))
            let path = "brand/\(brand["brand_id"].integer)"
            #expect(try await shop.put(path, ["rewrite_url": brand["rewrite_url"]]).status == 200)
        }
    }
}
