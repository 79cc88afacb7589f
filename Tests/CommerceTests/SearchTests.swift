import Basics
import Foundation
import Resources
import Support
import Testing

extension TestShop {
    /// The names a search finds, in order.
    func found(_ query: String) async throws -> [String] {
        try await get("product/search?limit=100&\(query)").json["products"].elements.map { $0["name"].text }
    }

    /// Makes an object and answers its id.
    func made(_ path: String, _ body: JSON) async throws -> Int64 {
        let json = try await post(path, body).json
        return json[json.names.first ?? ""].integer
    }
}

/// Products are found by their words, the instant the write that gave them those words is answered.
@Suite struct SearchTests {
    // MARK: What is found

    @Test func `a product is found by everything that is said of it`() async throws {
        let shop = try await TestShop.open()
        let brand = try await shop.made("brand", ["name": "Norrøna"])
        let category = try await shop.made("category", ["name": "Yttertøj"])
        _ = try await shop.made("product-label", ["name": "Økologisk"])
        let profile = try await shop.made("profile", ["name": "Jacket"])
        let size = try await shop.made("profile-attribute", ["name": "Size", "profile_id": .number(profile)])
        let fabric = try await shop.made(
            "profile-attribute", ["name": "Fabric", "profile_id": .number(profile), "data_type": "text"])
        let large = try await shop.made("profile-attribute-value", ["attribute_id": .number(size), "val": "Xlarge"])
        try await shop.post(
            "product",
            [
                "name": "Vinterjakke", "own_id": "VJ-100/B", "sec_own_id": "second 7", "gtin": "5701234567899",
                "mpn": "MPN77",
                "search": "parka\r\nanorak", "brand_id": .number(brand), "categories": [.number(category)],
                "product_labels": ["Økologisk"], "profile_id": .number(profile),
                "description": "<p>Tæt <b>vævet</b></p>",
                "list_description": "Holder varmen",
                "attributes": [
                    ["attribute_id": .number(size), "value": .number(large)],
                    ["attribute_id": .number(fabric), "value": "Bomuld"],
                ],
            ])
        _ = try await shop.product("Something else")
        for query in [
            "vinterjakke", "VINTERJAKKER", "vinterjak", "vj-100/b", "vj100b", "VJ 100 B", "second+7", "5701234567899",
            "570-1234-567899", "mpn77", "parka", "anorak", "norrøna", "norroena", "norrona", "ytterto", "okologisk",
            "xlarge",
            "bomuld", "vaevet", "varmen", "norrona+parka+xlarge",
        ] {
            #expect(try await shop.found("q=\(query.escapedQuery)") == ["Vinterjakke"], "\(query)")
        }
        for query in ["norrona+bikini", "p", "bold", "jacket", "fabric", "!!!", "%25", "'", "\"", "*", "a'b%22c"] {
            #expect(try await shop.found("q=\(query.escapedQuery)") == [], "\(query)")
        }
    }

    @Test func `without words everything is found`() async throws {
        let shop = try await TestShop.open()
        for name in ["B", "A"] { _ = try await shop.product(name) }
        #expect(try await shop.found("") == ["B", "A"])
        #expect(try await shop.found("q=") == ["B", "A"])
        #expect(try await shop.found("sort=name") == ["A", "B"])
    }

    @Test func `the best come first: numbers, then names, then headings, then descriptions`() async throws {
        let shop = try await TestShop.open()
        let brand = try await shop.made("brand", ["name": "Lampe"])
        try await shop.post("product", ["name": "Described", "description": "Som en lampe"])
        try await shop.post("product", ["name": "Branded", "brand_id": .number(brand)])
        try await shop.post("product", ["name": "Lampeskærm"])
        try await shop.post("product", ["name": "Lamper"])
        try await shop.post("product", ["name": "Lampe"])
        try await shop.post("product", ["name": "Numbered", "own_id": "LAMPE"])
        #expect(
            try await shop.found("q=lampe") == ["Numbered", "Lampe", "Lampeskærm", "Lamper", "Branded", "Described"])
        try await shop.post("product", ["name": "Lampe"])
        let ids = try await shop.get("product/search?q=lampe&limit=3").json["products"].elements.map {
            $0["product_id"].integer
        }
        #expect(ids[1] < ids[2], "equals stand by id")
    }

    @Test func `a typing error is forgiven where nothing else is found`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Blue headphones")
        _ = try await shop.product("Blue shirt")
        for (typed, corrected, name) in [
            ("haedphones", "headphones", "Blue headphones"), ("headfones+blue", "headphones blue", "Blue headphones"),
            ("shrit", "shirt", "Blue shirt"), ("shrt", "shirt", "Blue shirt"), ("sshirt", "shirt", "Blue shirt"),
        ] {
            let reply = try await shop.get("product/search?q=\(typed)").json
            #expect(reply["products"].elements.map { $0["name"].text } == [name], "\(typed)")
            #expect(reply["corrected_query"].text == corrected, "\(typed)")
        }
        #expect(try await shop.get("product/search?q=shirt").json["corrected_query"].isNull)
        #expect(try await shop.found("q=trousers") == [])
        #expect(try await shop.found("q=abc123") == [])
    }

    @Test func `only words that are unknown are corrected, into words as people write them`() async throws {
        let shop = try await TestShop.open()
        for name in ["Titan watch", "Titan catch", "Running shoes", "Casual shoes", "Black watch", "Rødgrød med fløde"]
        {
            _ = try await shop.product(name)
        }
        _ = try await shop.product("iPhone 12 cover")
        _ = try await shop.product("Linen T-shirt")
        try await shop.post("product", ["name": "Parka", "description": "A durable coat"])
        for (typed, corrected, names) in [
            ("titna watch", "titan watch", ["Titan watch"]), ("Watch, TITNA!", "Watch, titan!", ["Titan watch"]),
            ("runing shoes", "running shoes", ["Running shoes"]), ("Shoe runing", "Shoe running", ["Running shoes"]),
            ("casul shoes", "casual shoes", ["Casual shoes"]), ("blak watch", "black watch", ["Black watch"]),
            ("rødgrdø", "rødgrød", ["Rødgrød med fløde"]), ("roedgredo", "rødgrød", ["Rødgrød med fløde"]),
            ("fløbe med roedgroed", "fløde med roedgroed", ["Rødgrød med fløde"]),
            ("iphnoe", "iphone", ["iPhone 12 cover"]), ("iphnoe 12", "iphone 12", ["iPhone 12 cover"]),
            ("lienn t-shrit", "linen t-shirt", ["Linen T-shirt"]), ("durable prka", "durable parka", ["Parka"]),
        ] {
            let query = "q=\(typed.escapedQuery)"
            let reply = try await shop.get("product/search?\(query)").json
            #expect(reply["products"].elements.map { $0["name"].text } == names, "\(typed)")
            #expect(reply["corrected_query"].text == corrected, "\(typed)")
            let again = try await shop.get("product/search?q=\(corrected.escapedQuery)").json
            #expect(again["corrected_query"].isNull, "\(typed)")
            #expect(again["products"] == reply["products"], "\(typed)")
        }
        for typed in ["titan shoes", "black fløde", "watch xyzzyxyz"] {
            #expect(
                try await shop.get("product/search?q=\(typed.escapedQuery)").json["corrected_query"].isNull, "\(typed)")
        }
    }

    @Test func `of corrections as near as each other the one that most is found with is meant`() async throws {
        let shop = try await TestShop.open()
        let blank = try await shop.product("Blank book")
        for number in 1...3 { _ = try await shop.product("Black book \(number)") }
        #expect(try await shop.get("product/search?q=blakk").json["corrected_query"].text == "black")
        #expect(try await shop.get("product/search?q=blakk+book").json["paging"]["total"] == 3)
        // A word that no product has any more is known no longer, and corrects nothing.
        try await shop.put("product/\(blank)", ["name": "Plank"])
        #expect(try await shop.get("product/search?q=blank").json["corrected_query"].text == "black")
    }

    @Test func `letters are found by the two that are written for them, and two letters by themselves alone`()
        async throws
    {
        let shop = try await TestShop.open()
        for name in ["Rødgrød", "Blåbær", "Aarhus", "Shoes", "Poet", "Pot"] { _ = try await shop.product(name) }
        for (typed, names) in [
            ("roedgroed", ["Rødgrød"]), ("rodgrod", ["Rødgrød"]), ("rødgrød", ["Rødgrød"]), ("roedgr", ["Rødgrød"]),
            ("blaabaer", ["Blåbær"]), ("blabær", ["Blåbær"]), ("århus", ["Aarhus"]), ("aarhus", ["Aarhus"]),
            ("shoe", ["Shoes"]), ("poet", ["Poet"]), ("pot", ["Pot"]), ("pøt", ["Poet", "Pot"]),
        ] {
            #expect(try await shop.found("q=\(typed.escapedQuery)") == names, "\(typed)")
        }
    }

    // MARK: It follows what it holds

    @Test func `a change is found at once and what was there before no longer`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product("Shirt")
        try await shop.put("product/\(product)", ["name": "Blouse"])
        #expect(try await shop.found("q=shirt") == [])
        #expect(try await shop.found("q=blouse") == ["Blouse"])
        try await shop.put("product/\(product)", ["price": 5])
        #expect(try await shop.found("q=blouse&price=5") == ["Blouse"])
        try await shop.delete("product/\(product)")
        #expect(try await shop.found("q=blouse") == [])
        #expect(try await shop.found("") == [])
    }

    @Test func `a dry run and a refused row leave no trace`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product("Shirt")
        try await shop.put("product/\(product)", ["name": "Blouse"], headers: ["Prefer": "dry-run"])
        #expect(try await shop.found("q=shirt") == ["Shirt"])
        let rows: JSON = [
            ["method": "POST", "body": ["name": "Trousers"]],
            ["method": "POST", "body": ["name": "Skirt", "price": -1]],
            ["method": "PUT", "id": .number(product), "body": ["name": "Cardigan"]],
        ]
        try await shop.post("product/batch?mode=partial", rows)
        #expect(try await shop.found("sort=name") == ["Cardigan", "Trousers"])
        #expect(try await shop.found("q=skirt") == [])
        try await shop.post(
            "product/batch", [["method": "POST", "body": ["name": "Tie"]], ["method": "POST", "body": [:]]])
        #expect(try await shop.found("q=tie") == [])
    }

    @Test func `a new name of a brand, category, label or value is found, and a deleted one is not`() async throws {
        let shop = try await TestShop.open()
        let profile = try await shop.made("profile", ["name": "P"])
        let attribute = try await shop.made("profile-attribute", ["name": "A", "profile_id": .number(profile)])
        let things: [(path: String, id: Int64, field: String)] = [
            ("brand", try await shop.made("brand", ["name": "Brandold"]), "name"),
            ("category", try await shop.made("category", ["name": "Categoryold"]), "name"),
            ("product-label", try await shop.made("product-label", ["name": "Labelold"]), "name"),
            (
                "profile-attribute-value",
                try await shop.made(
                    "profile-attribute-value", ["attribute_id": .number(attribute), "val": "Valueold"]), "val"
            ),
        ]
        try await shop.post(
            "product",
            [
                "name": "Thing", "brand_id": .number(things[0].id), "categories": [.number(things[1].id)],
                "product_labels": [.number(things[2].id)], "profile_id": .number(profile),
                "attributes": [["attribute_id": .number(attribute), "value": .number(things[3].id)]],
            ])
        for (thing, word) in zip(things, ["brand", "category", "label", "value"]) {
            #expect(try await shop.found("q=\(word)old") == ["Thing"])
            let body = JSON.object(JSONObject([.init(thing.field, .string("\(word)new"))]))
            try await shop.put("\(thing.path)/\(thing.id)", body)
            #expect(try await shop.found("q=\(word)old") == [], "\(word)")
            #expect(try await shop.found("q=\(word)new") == ["Thing"], "\(word)")
            try await shop.delete("\(thing.path)/\(thing.id)")
            #expect(try await shop.found("q=\(word)new") == [], "\(word)")
        }
        let facets = try await shop.get("product/search?facets=*").json["facets"]
        for name in ["brand", "category", "label", "attribute"] { #expect(facets[name] == [], "\(name)") }
    }

    @Test func `another shop's products are not found`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Xylophone", stock: 1)
        let other = try await TestShop.open()
        for query in ["q=xylophone", "q=xylophnoe", ""] {
            let reply = try await other.get("product/search?\(query)&facets=*").json
            #expect(reply["paging"]["total"] == 0)
            #expect(reply["facets"]["in_stock"] == [])
        }
        let suggested = try await other.get("product/suggest?q=xyl").json
        #expect(["queries", "products", "brands", "categories"].allSatisfy { suggested[$0] == [] })
    }

    @Test(arguments: ["%25", "%5F", "%5C", "%25%CC%81", "%5F%CC%81"])
    func `a sign that means something to the database is looked for as it is`(_ sign: String) async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("axx\u{301}d")
        #expect(try await shop.get("product?search=a\(sign)d").json["paging"]["total"] == 0)
        _ = try await shop.product("a" + (sign.removingPercentEncoding ?? "") + "d")
        #expect(try await shop.get("product?search=a\(sign)d").json["paging"]["total"] == 1)
    }

    @Test func `the search filter of the list goes on as it was`() async throws {
        let shop = try await TestShop.open()
        try await shop.post("product", ["name": "Munch", "description": "bog"])
        let list = { (query: String) in try await shop.get("product?search=\(query)").json["paging"]["total"].integer }
        #expect(try await list("unc") == 1)
        #expect(try await list("bog") == 0)
    }
}

extension String {
    /// As the value of a query parameter.
    fileprivate var escapedQuery: String {
        utf8.map { byte in
            let isPlain =
                byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter || Array("0123456789+%".utf8).contains(byte)
            return isPlain ? String(decoding: [byte], as: UTF8.self) : "%" + hex(byte)
        }.joined()
    }

    private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
