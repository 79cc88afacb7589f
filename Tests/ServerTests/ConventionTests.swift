import Resources
import Support
import Testing

/// CONTRACT 4, "Lists": the envelope, its defaults and bounds, and the lists that are plain arrays.
@Suite struct ConventionTests {
    @Test func `a list has paging first, newest first, five by default`() async throws {
        let shop = try await TestShop.open()
        for number in 1...7 { _ = try await shop.product("Shirt \(number)") }
        let list = try await shop.get("product").json
        #expect(list.names == ["paging", "products"])
        #expect(list["paging"].names == ["offset", "limit", "count", "total"])
        #expect(list["paging"].serialized == #"{"offset":0,"limit":5,"count":5,"total":7}"#)
        #expect(list["products"].elements.map { $0["name"].text } == (3...7).reversed().map { "Shirt \($0)" })
    }

    @Test func `a list of nothing is empty and no error`() async throws {
        let shop = try await TestShop.open()
        let list = try await shop.get("product?name=nobody")
        #expect(list.status == 200)
        #expect(list.text == #"{"paging":{"offset":0,"limit":5,"count":0,"total":0},"products":[]}"#)
    }

    @Test func `pages by offset are full until the last one`() async throws {
        let shop = try await TestShop.open()
        for number in 1...7 { try await shop.post("brand", ["name": .string("Brand \(number)")]) }
        var ids: [Int64] = []
        for (offset, count) in [(0, 3), (3, 3), (6, 1), (9, 0)] as [(Int64, Int64)] {
            let list = try await shop.get("brand?limit=3&offset=\(offset)").json
            #expect(list["paging"]["offset"].integer == offset)
            #expect(list["paging"]["count"].integer == count)
            #expect(list["paging"]["total"] == 7)
            #expect(list["brands"].elements.count == Int(count))
            ids += list["brands"].elements.map { $0["brand_id"].integer }
        }
        #expect(ids.count == 7)
        #expect(ids == Set(ids).sorted(by: >))
    }

    @Test func `a limit over the maximum is clamped and shown`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product()
        for (asked, limit) in [("1", 1), ("100", 100), ("1000", 1000), ("1001", 1000), ("999999999", 1000), ("", 5)] {
            let paging = try await shop.get("product?limit=\(asked)").json["paging"]
            #expect(paging["limit"].integer == Int64(limit), "limit=\(asked)")
        }
    }

    @Test func `a limit of zero answers the paging object and no rows`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product()
        let list = try await shop.get("product?limit=0").json
        #expect(list["products"] == [])
        #expect(list["paging"]["count"] == 0)
        #expect(list["paging"]["total"] == 1)
        #expect(list["paging"]["limit"] == 0)
    }

    @Test(arguments: ["limit=-1", "limit=abc", "limit=1.5", "offset=-1", "offset=x", "offset=99999999999999999999"])
    func `a limit or offset that is no count is 422 and named`(_ query: String) async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.get("product?\(query)")
        #expect(reply.status == 422)
        #expect(reply.pointers == ["?" + query.prefix { $0 != "=" }])
    }

    @Test func `totals are right at once after every write`() async throws {
        let shop = try await TestShop.open()
        func total(_ query: String = "") async throws -> Int64 {
            try await shop.get("product?limit=1\(query)").json["paging"]["total"].integer
        }
        #expect(try await total() == 0)
        let id = try await shop.product("One", price: 10)
        #expect(try await total() == 1)
        _ = try await shop.product("Two", price: 20)
        #expect(try await total() == 2)
        #expect(try await total("&price[gte]=15") == 1)
        try await shop.put("product/\(id)", ["price": 30])
        #expect(try await total("&price[gte]=15") == 2)
        try await shop.post("product/batch", [["method": "POST", "body": ["name": "Three", "price": 40]]])
        #expect(try await total("&price[gte]=15") == 3)
        try await shop.delete("product/\(id)")
        #expect(try await total() == 2)
        #expect(try await total("&include_removed=1") == 3)
        let category = try await shop.post("category", ["name": "Shirts"]).json["category_id"]
        #expect(try await total("&category_id=\(category.integer)") == 0)
        try await shop.post("product", ["name": "Four", "categories": .array([category])])
        #expect(try await total("&category_id=\(category.integer)") == 1)
    }

    // MARK: Plain arrays

    @Test(arguments: ["category", "supplier", "shipping"])
    func `these lists are plain arrays of all rows unless an envelope is asked for`(_ path: String) async throws {
        let shop = try await TestShop.open()
        for number in 1...7 { try await shop.post(path, ["name": .string("Thing \(number)")]) }
        for query in ["", "?limit=2", "?limit=1000&offset=0", "?limit=2&offset=5", "?envelope=0"] {
            #expect(try await shop.get(path + query).json.elements.count == 7, "\(path)\(query)")
        }
        let list = try await shop.get(path + "?envelope=1").json
        #expect(list.names.first == "paging")
        #expect(list["paging"].serialized == #"{"offset":0,"limit":5,"count":5,"total":7}"#)
        #expect(list[list.names.last ?? ""].elements.count == 5)
    }

    @Test(arguments: ["product", "brand", "manufacturer", "customer", "order", "payment-gateway", "country", "token"])
    func `every other list has the envelope, asked for or not`(_ path: String) async throws {
        let shop = try await TestShop.open()
        for query in ["", "?envelope=1", "?envelope=0"] {
            let list = try await shop.get(path + query).json
            #expect(list.names.first == "paging", "\(path)\(query)")
            #expect(list.names.count == 2, "\(path)\(query)")
        }
    }

    @Test func `categories and suppliers come by name`() async throws {
        let shop = try await TestShop.open()
        for path in ["category", "supplier"] {
            for name in ["Beta", "Alpha", "Gamma"] { try await shop.post(path, ["name": .string(name)]) }
            let names = try await shop.get(path).json.elements.map { $0["name"].text }
            #expect(names == ["Alpha", "Beta", "Gamma"], "\(path)")
        }
    }

    @Test func `removed rows leave every list, and come back when they are asked for`() async throws {
        let shop = try await TestShop.open()
        for path in ["category", "supplier", "brand"] {
            let made = try await shop.post(path, ["name": "Old"]).json
            let id = made[made.names[0]].integer
            try await shop.delete("\(path)/\(id)")
            let key = try await shop.get("\(path)?envelope=1").json.names[1]
            #expect(try await shop.get("\(path)?envelope=1").json[key] == [], "\(path)")
            let all = try await shop.get("\(path)?envelope=1&include_removed=1").json[key]
            #expect(all.elements.count == 1, "\(path)")
            #expect(all[0]["is_removed"] == "1", "\(path)")
        }
    }

    // MARK: Addresses

    @Test(arguments: [
        "/REST/product", "/rest/product", "/Rest/product", "/rEsT/product", "//REST/product", "/REST//product",
        "/REST/product/", "///rest///product//",
    ])
    func `REST in any letter case and with doubled slashes is one address`(_ path: String) async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Found")
        let reply = try await shop.send("GET", path)
        #expect(reply.status == 200)
        #expect(reply.json["products"][0]["name"] == "Found")
    }
}
