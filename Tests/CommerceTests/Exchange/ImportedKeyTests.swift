import Basics
import Commerce
import Exchange
import Resources
import Support
import Testing

/// A file names the rows that are there, whoever typed it on whichever machine.
@Suite struct ImportedKeyTests {
    /// A product that says everything by name, with `é` in the form given.
    private static func line(_ ownID: String, _ e: String) -> String {
        let names = """
            "brand":"Braa\(e)","supplier":"Supp\(e)","manufacturer":"Man\(e)","safety_profile":"Saf\(e)","main_category":["Top\(e)","Low\(e)"],\
            "categories":[["Top\(e)"]],"product_labels":["Lab\(e)"],"suppliers":[{"supplier":"Supp\(e)","purchase_price":3}],\
            "attributes":[{"name":"Care\(e)","val":"Soft\(e)"}],"stock_settings":[{"options":{"Size\(e)":"S\(e)"},"own_id":"\(ownID)-S\(e)","stock":1}]
            """
        return #"{"own_id":"\#(ownID)\#(e)","name":"P","price":10,"profile":"Prof\#(e)",\#(names)}"# + "\n"
    }

    private static let lists = [
        "brand", "supplier", "manufacturer", "safety-profile", "category", "product-label", "profile",
        "profile-attribute", "profile-attribute-value", "product",
    ]

    private static func counts(_ shop: TestShop) async throws -> [Int64] {
        var counts: [Int64] = []
        for list in lists { counts.append(try await shop.total(list)) }
        return counts
    }

    @Test func `every name is found in the other form, in one file and in a second`() async throws {
        let shop = try await TestShop.open()
        let file = Self.line("A", "\u{E9}") + Self.line("B", "e\u{301}")
        let first = try await shop.importing(file, as: .butikJSONL)
        #expect((first.created, first.faults.map(\.description)) == (2, []))
        #expect(try await Self.counts(shop) == [1, 1, 1, 1, 2, 1, 1, 2, 2, 2])
        for e in ["e\u{301}", "\u{E9}"] {
            let again = try await shop.importing(Self.line("A", e) + Self.line("B", e), as: .butikJSONL)
            #expect((again.unchanged, again.faults.map(\.description)) == (2, []))
        }
        let spaced = Self.line("A", "\u{E9}").replacing("\"Lab\u{E9}\"", with: "\"\u{A0}Lab\u{E9} \"")
        #expect(try await shop.importing(spaced, as: .butikJSONL).unchanged == 1)
        #expect(try await Self.counts(shop) == [1, 1, 1, 1, 2, 1, 1, 2, 2, 2])
        let stored = try await shop.get("brand").json["brands"][0]["name"].text
        #expect(stored.utf8.elementsEqual("Braa\u{E9}".utf8))
        #expect(try await shop.findings() == [])
    }

    @Test(arguments: ["", " ", "\u{A0}", "\u{200B}", " \u{FEFF}\t"])
    func `a number that nobody sees is none, in every format`(_ number: String) async throws {
        let shop = try await TestShop.open()
        let own = number.replacing("\t", with: "\\t")
        let files: [(String, ImportFormat)] = [
            ("{\"own_id\":\"\(own)\",\"name\":\"P\",\"price\":1}\n", .butikJSONL),
            ("own_id,name,price\n\"\(number)\",P,1\n", .butikCSV),
            ("ID,Type,SKU,Name,Regular price\n,simple,\"\(number)\",P,1\n", .wooCommerceCSV),
            (
                "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\n\"\(number)\",P,,,,1\n",
                .shopifyCSV
            ),
        ]
        for (text, format) in files {
            let report = try await shop.importing(text, as: format)
            #expect((report.created, report.faults.count) == (0, 1), "\(format) \(report)")
        }
        #expect(try await shop.total("product") == 0)
    }

    @Test func `links lead to the product that is named in either form, and a page has a number once`() async throws {
        let shop = try await TestShop.open()
        let file = """
            {"own_id":"n\u{E9}","name":"One","price":1}
            {"own_id":"L","name":"Links","price":1,"canonical":"ne\u{301}","related":["ne\u{301}"," n\u{E9}"],"similar":["ne\u{301}"]}
            {"own_id":"S","name":"Set","price":1,"bundle":[{"own_id":"ne\u{301}","count":2}]}
            {"own_id":"ne\u{301}","name":"Two","price":1}

            """
        let report = try await shop.importing(file, as: .butikJSONL)
        #expect((report.created, report.updated, report.faults.map(\.description)) == (3, 1, []))
        let one = try await shop.get("product/own_id:n%C3%A9").json
        #expect(one["name"] == "Two")
        let links = try await shop.get("product/own_id:L").json
        #expect(links["canonical_id"] == one["product_id"])
        #expect((links["related"], links["similar"]) == ([one["product_id"]], [one["product_id"]]))
        #expect(try await shop.get("product/own_id:S").json["bundle"] == [one["product_id"]])
    }

    @Test func `rows of other shops' formats name rows in either form`() async throws {
        let shop = try await TestShop.open()
        let csv = "own_id,name,price,brand\nne\u{301} ,One,1,Caf\u{E9}\n\u{A0}n\u{E9},Two,2,Cafe\u{301}\n"
        let report = try await shop.importing(csv, as: .butikCSV)
        #expect((report.created, report.updated, report.faults.map(\.description)) == (1, 1, []))
        let variants =
            "type,parent,own_id,option1_name,option1_value,stock\n"
            + "variant,ne\u{301},V-e\u{301},Size,e\u{301}\nvariant,n\u{E9},V-2,Size,x\n".replacing("\n", with: ",1\n")
        #expect(try await shop.importing(variants, as: .butikCSV).faults.map(\.description) == [])
        let numbers = try await shop.importing("own_id,stock\nV-\u{E9},8\n", as: .butikCSV)
        #expect((numbers.updated, numbers.faults.map(\.description)) == (1, []))
        #expect(try await shop.get("stock/own_id:V-e%CC%81").json["stock"][0]["count"] == 8)
        #expect(try await shop.total("brand") == 1)
    }

    @Test func `numbers and names keep their signs through a spreadsheet's lists`() async throws {
        let shop = try await TestShop.open()
        let signs = [
            "a|b", "a\\", "\\|", "a;b,c", "q\"q\"", " lead", "trail ", "a*2", "[a]", "{b", "|", "a > b", "\u{301}x",
            "|\u{301}",
        ]
        var ids: [JSON] = []
        for (place, sign) in signs.enumerated() {
            let name = JSON.string(sign)
            let label = try await shop.post("product-label", ["name": name]).json["product_label_id"]
            let category = try await shop.post("category", ["name": name, "rewrite_url": .string("c\(place)")])
            let top = category.json["category_id"]
            let isSet = place % 5 == 4
            let members: JSON = isSet ? .array(ids.suffix(3).map { ["product_id": $0, "count": 3] }) : []
            let body: JSON = [
                "name": .string("P\(place)"), "price": 1, "own_id": name, "product_labels": .array([label]),
                "main_category_id": top, "categories": .array([top]), "related": .array(ids),
                "similar": .array(ids.suffix(2)), "bundle": members, "canonical_id": ids.last ?? .null,
            ]
            let made = try await shop.post("product", body)
            #expect(made.status == 200, "\(sign): \(made.text)")
            if !isSet { ids.append(made.json["product_id"]) }
        }
        let first = try await shop.exported(.butikCSV)
        let empty = try await TestShop.open()
        let report = try await empty.importing(first, as: .butikCSV)
        #expect((Int(report.created), report.faults.map(\.description)) == (signs.count, []))
        #expect(try await empty.exported(.butikCSV) == first)
        #expect(try await shop.importing(first, as: .butikCSV).unchanged == signs.count)
    }
}
