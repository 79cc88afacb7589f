import Basics
import Commerce
import Exchange
import Resources
import Support
import Testing

/// Our own formats as people write them, and what an import makes of bad ones.
@Suite struct ButikFormatTests {
    @Test func `a spreadsheet of a few columns makes products, and changes only those columns`() async throws {
        let shop = try await TestShop.open()
        // Semicolons, as a Danish spreadsheet saves them, and a mark in front.
        let first =
            "\u{FEFF}own_id;price;name;brand;categories;product_labels;stock\n"
            + "A-1;99.50;Lamp;Lumen;Home > Lamps | New;Bright | Sale;4\nA-2;10;Bulb;;;;\n"
        let report = try await shop.importing(first, as: .butikCSV)
        #expect((report.created, report.faults) == (2, []))
        let lamp = try await shop.get("product/own_id:A-1?expand=brand").json
        #expect(lamp["price"].digits == "99.5")
        #expect(lamp["brand"]["name"] == "Lumen")
        #expect(lamp["categories"].elements.count == 2)
        #expect(lamp["product_labels"].elements.map { $0["name"].text } == ["Bright", "Sale"])
        #expect(lamp["in_stock"] == 4)
        let second = try await shop.importing("own_id,price\nA-1,89\n", as: .butikCSV)
        #expect((second.created, second.updated) == (0, 1))
        let changed = try await shop.get("product/own_id:A-1").json
        #expect(changed["price"].digits == "89")
        #expect(changed["name"] == "Lamp")
        #expect(changed["in_stock"] == 4)
        let cleared = try await shop.importing("own_id,brand,categories\nA-1,,\n", as: .butikCSV)
        #expect(cleared.updated == 1)
        let bare = try await shop.get("product/own_id:A-1").json
        #expect(bare["brand_id"].isNull)
        #expect(bare["categories"] == [])
    }

    @Test func `rows of variants belong to the product before them`() throws {
        let bodies = try ImportFormat.butikCSV.bodies(
            """
            type,parent,own_id,name,price,shipping_weight,stock,option1_name,option1_value,option2_name,option2_value
            product,,S,Shirt,100,0.2,,,,,
            variant,S,S-1,,,,3,Size,M,Colour,Red
            variant,S,,,120,0.3,,Size,L,Colour,Red
            product,,T,Tie,50,,9,,,,

            """)
        #expect(bodies.count == 2)
        #expect(bodies[0]["profile"]["name"] == "Size / Colour")
        let settings = bodies[0]["stock_settings"].elements
        #expect(settings.map { $0["options"] } == [["Size": "M", "Colour": "Red"], ["Size": "L", "Colour": "Red"]])
        #expect((settings[0]["own_id"], settings[0]["stock"], settings[0]["price"]) == ("S-1", "3", nil))
        #expect((settings[1]["own_id"], settings[1]["price"], settings[1]["weight"]) == (nil, "120", "0.3"))
        #expect(bodies[1]["stock"] == "9")
        #expect(bodies[0]["stock"].isNull)
    }

    @Test func `a path, a list and a bundle can have any character in them`() throws {
        let body = try ImportFormat.butikCSV.bodies(
            #"""
            own_id,categories,main_category,related,bundle,attributes
            A,"A \> B > C | D\|E","[{""name"":""X"",""rewrite_url"":""y""}]",S \| 1 | T,A*2*3 | B,"[{""name"":""N"",""val"":""v""}]"

            """#)[0]
        #expect(body["categories"] == [["A > B", "C"], ["D|E"]])
        #expect(body["main_category"] == [["name": "X", "rewrite_url": "y"]])
        #expect(body["related"] == ["S | 1", "T"])
        #expect(body["bundle"] == [["own_id": "A*2", "count": 3], ["own_id": "B", "count": 1]])
        #expect(body["attributes"] == [["name": "N", "val": "v"]])
    }

    @Test func `bad rows of a spreadsheet are named by record, line and column`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            """
            own_id,name,price,discount_intervals,stock,related
            1,"Two
            lines",1,,,
            2,Dear,cheap,,,
            3,Tiers,1,[,,
            4,Half,1,,1.5,
            5,Under,1,,-1,
            ,None,1,,,
            6,Alone,1,,,nobody

            """, as: .butikCSV)
        #expect(
            report.faults.map(\.description) == [
                "record 2 (line 4), column price: must be a number with at most 2 decimals",
                "record 3 (line 5), column discount_intervals: needs a value here (at byte 1)",
                "record 4 (line 6), column stock: must be a whole number from -1000000000000 to 1000000000000",
                "record 5 (line 7), column stock: is below zero, which the product does not allow",
                "record 6 (line 8), column own_id: is empty",
                "record 7 (line 9), column related: nobody is no product of this shop or of the file",
            ])
        // Of the two whose stock is none, the rest is in.
        #expect((report.created, report.failed) == (4, 6))
        #expect(report.faults[1].ownID == "")
        #expect(report.faults[0].ownID == "2")
        #expect(try await shop.total("product") == 4)
    }

    @Test func `a comma may stand for the point of decimals`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            "own_id;name;price;shipping_weight\nC;C, D;129,50;0,350\nD;D;1.234,50;\n", as: .butikCSV)
        #expect(
            report.faults.map(\.description) == [
                "record 2, column price: 1.234,50 has signs between thousands: write it without them, and with a point "
                    + "before its decimals"
            ])
        let product = try await shop.get("product/own_id:C").json
        #expect((product["name"], product["price"].digits) == ("C, D", "129.5"))
        #expect(product["shipping_weight"].digits == "0.35")
        let plain = try await shop.importing("own_id,name,price\nE,E,\"1,5\"\n", as: .butikCSV)
        #expect(plain.failed == 0)
        #expect(try await shop.get("product/own_id:E").json["price"].digits == "1.5")
    }

    @Test func `a profile that is only named gets the attributes that its products name`() async throws {
        let shop = try await TestShop.open()
        let line =
            #"{"own_id":"P","name":"P","price":1,"profile":"Lamp","stock_settings":[{"options":{"Size":"S"},"stock":2}],"#
            + #""attributes":[{"name":"Watts","value":12.5},{"name":"Colour","val":"Red"},{"name":"Dim","value":true},"#
            + #"{"name":"Note","value":"warm"}]}"#
        #expect(try await shop.importing(line, as: .butikJSONL).faults == [])
        let made = try await shop.get("profile-attribute?envelope=1&limit=100").json["profile_attributes"].elements
        let types = made.reduce(into: [:]) { $0[$1["name"].text] = $1["data_type"].text }
        #expect(
            types == ["Size": "valuelist", "Watts": "number", "Colour": "valuelist", "Dim": "boolean", "Note": "text"])
        let product = try await shop.get("product/own_id:P").json
        #expect(product["attributes"].elements.map { $0["val"].text } == ["12.5", "Red", "1", "warm"])
        #expect(product["in_stock"] == 2)
        #expect(try await shop.importing(line, as: .butikJSONL).unchanged == 1)
        let more = "own_id,profile,attributes\nP,Lamp,\"[{\"\"name\"\":\"\"Colour\"\",\"\"val\"\":\"\"Blue\"\"}]\"\n"
        #expect(try await shop.importing(more, as: .butikCSV).faults == [])
        let changed = try await shop.get("product/own_id:P").json["attributes"].elements
        #expect(changed.map { $0["val"].text } == ["Blue"])
    }

    @Test func `a header that the format does not know is refused, so that no column is silently lost`() async throws {
        let shop = try await TestShop.open()
        for (text, reason) in [
            ("own_id,pryce\n", "line 1: the header has a column pryce that butik-csv does not know"),
            ("name,price\n", "line 1: the header has no column own_id"), ("", "line 1: the file is empty"),
        ] {
            do {
                try await shop.importing(text, as: .butikCSV)
                Issue.record("\(text) was taken")
            } catch let failure as CSVReader.Failure {
                #expect(failure.description == reason)
            }
        }
    }

    @Test func `lines that are no product are named and passed over`() async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(
            """
            {"own_id":"A","name":"Good","price":1,"brand":{"name":"B","description":"said"}}

            {"own_id":"B",
            [1]
            {"name":"Nameless"}
            {"own_id":"C","name":"Wide","price":1,"categories":["Top"]}
            {"own_id":"D","name":"Odd","price":1,"attributes":[{"name":"Size","val":"M"}]}
            {"own_id":"E","name":"Long brand","price":1,"brand":"\(String(repeating: "b", count: 256))"}
            """, as: .butikJSONL)
        #expect(
            report.faults.map(\.description) == [
                "record 2 (line 3): needs a name in quotes here (at byte 14 of the line)",
                "record 3 (line 4): is no JSON object",
                "record 4 (line 5), column own_id: is required: it is what a product is found again by",
                "record 5 (line 6), column categories: 0 must be a path: a list of names from the top",
                "record 6 (line 7), column attributes: 0 names no attribute of the product's profile: Size",
                "record 7 (line 8), column brand: name has 256 characters; at most 255",
            ])
        #expect(report.created == 1)
        #expect(try await shop.get("product/own_id:A?expand=brand").json["brand"]["description"] == "said")
        #expect(try await shop.total("brand") == 1)
    }

    @Test func `strict keeps nothing of the page with the first bad record`() async throws {
        let shop = try await TestShop.open()
        let good = (1...600).map { #"{"own_id":"\#($0)","name":"P","price":1}"# }.joined(separator: "\n")
        let report = try await shop.importing(good + "\n{}\n", as: .butikJSONL) { $0.isStrict = true }
        #expect((report.created, report.failed) == (500, 1))
        #expect(try await shop.total("product") == 500)
    }

    @Test func `a dry run stores nothing and says what would be`() async throws {
        let shop = try await TestShop.open()
        let text =
            #"{"own_id":"A","name":"A","price":1,"brand":"B","profile":{"name":"P","attributes":[{"name":"S"}]},"stock":3}"#
        let report = try await shop.importing(text + "\n{}", as: .butikJSONL) { $0.isDryRun = true }
        #expect((report.created, report.failed) == (1, 1))
        for path in ["product", "brand", "profile", "stock-entry"] {
            #expect(try await shop.total(path) == 0, "\(path)")
        }
    }

    @Test func `a page asks for names as often as it has kinds of them, not rows`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        func lines(_ count: Int) -> String {
            (1...count).map { number in
                #"{"own_id":"P\#(number)","name":"P","price":1,"brand":"B\#(number % 9)","supplier":"S","categories":[["C\#(number % 9)"]],"#
                    + #""product_labels":["L\#(number % 4)"],"profile":{"name":"F","attributes":[{"name":"A"}]}}"#
            }.joined(separator: "\n")
        }
        try await shop.importing(lines(400), as: .butikJSONL)
        func statements(_ count: Int) async throws -> Int {
            let before = server.storage.statements
            let report = try await shop.importing(lines(count), as: .butikJSONL)
            #expect(report.unchanged == count)
            return server.storage.statements - before
        }
        let (few, many) = (try await statements(100), try await statements(400))
        // What grows with the rows is their own reading, not the names.
        let perRow = (many - few) / 300
        #expect(few - perRow * 100 < 20)
        await server.stop()
    }
}
