import Basics
import Resources
import Support
import Testing

/// What rows are found by has one form, however it was typed: composed letters, and no blanks at its ends.
@Suite struct KeyTests {
    /// The same to a reader: `é` in one scalar, and in two, with blanks that nobody sees.
    private static let composed = "caf\u{E9}-1"
    private static let apart = "\u{FEFF} cafe\u{301}-1\u{A0}"

    private static func product(in shop: TestShop, _ ownID: String = apart, stock: Int64 = 0) async throws -> Int64 {
        try await shop.product("Cup", price: 10, stock: stock, JSONObject([.init("own_id", .string(ownID))]))
    }

    @Test func `a number is kept in one form, and the other form is taken`() async throws {
        let shop = try await TestShop.open()
        let id = try await Self.product(in: shop)
        let stored = try await shop.get("product/\(id)").json["own_id"].text
        #expect(Array(stored.utf8) == Array(Self.composed.utf8))
        for form in [Self.composed, Self.apart] {
            let second = try await shop.post("product", ["name": "Second", "own_id": .string(form)])
            #expect((second.status, second.pointers) == (409, ["/own_id"]))
        }
        let two: JSON = [
            ["method": "POST", "body": ["name": "A", "own_id": "n\u{E4}"]],
            ["method": "POST", "body": ["name": "B", "own_id": "na\u{308} "]],
        ]
        #expect(try await shop.post("product/batch", two).status == 409)
        #expect(try await shop.total("product") == 1)
    }

    @Test func `a path, a filter, a body and a batch find a number in either form`() async throws {
        let shop = try await TestShop.open()
        let id = try await Self.product(in: shop)
        for form in ["caf%C3%A9-1", "cafe%CC%81-1", "%20cafe%CC%81-1%C2%A0"] {
            #expect(try await shop.get("product/own_id:\(form)").json["product_id"].integer == id)
            #expect(try await shop.get("stock/own_id:\(form)").json["stock"][0]["product_id"].integer == id)
            for filter in [
                "own_id=\(form)", "own_id[in]=x,\(form)", "own_id[prefix]=\(form.replacing("-1", with: "-"))",
            ]
            where !filter.contains("prefix]=%20") {
                #expect(try await shop.get("product?\(filter)").json["products"][0]["product_id"].integer == id)
            }
            #expect(try await shop.get("product?search=\(form)").json["paging"]["total"] == 1)
        }
        for form in [Self.composed, Self.apart] {
            let naming: JSON = ["related": [.string("own_id:\(form)")], "similar": [.string("own_id:\(form)")]]
            let other = try await shop.put("product/\(try await shop.product())", naming)
            #expect(other.json["related"] == [.number(id)])
            #expect(other.json["similar"] == [.number(id)])
            let set = try await shop.post(
                "product",
                ["name": "Set", "bundle": [["own_id": .string(form), "count": 2], .string("own_id:\(form)")]])
            #expect(set.json["bundle"] == [.number(id)])
            #expect(set.json["bundle_data"][0]["count"] == 3)
            let put = try await shop.put("product/own_id:caf%C3%A9-1", ["own_id": .string(form), "name": "Cup"])
            #expect(put.json["product_id"].integer == id)
            let rows: JSON = [["method": "PUT", "id": .string("own_id:\(form)"), "body": ["name": "Mug"]]]
            #expect(try await shop.post("product/batch", rows).json["results"][0]["body"]["product_id"].integer == id)
        }
    }

    @Test func `orders and stock take the product that is meant, in either form, variants too`() async throws {
        let shop = try await TestShop.open()
        let cup = try await Self.product(in: shop, Self.composed, stock: 9)
        let line =
            #"{"own_id":"P","name":"P","price":30,"profile":"Size","stock_settings":["#
            + #"{"options":{"Size":"S"},"own_id":"PE\u0301-S","stock":5},{"options":{"Size":"M"},"own_id":"PE-M"}]}"#
        #expect(try await shop.importing(line, as: .butikJSONL).faults == [])
        let lines: JSON = [
            ["own_id": "caf\u{E9}-1", "amount": 1], ["own_id": "cafe\u{301}-1 ", "amount": 2],
            ["own_id": "P\u{C9}-S", "amount": 1], ["own_id": "PE\u{301}-S", "amount": 1],
        ]
        let order = try await shop.post("order", ["email": " caf\u{E9}@example.com ", "products": lines])
        #expect(order.status == 200, "\(order.text)")
        #expect(order.json["products"].elements.map { $0["product_id"].integer }.prefix(2) == [cup, cup])
        #expect(order.json["price"].digits == "90")
        #expect(order.json["email"] == "caf\u{E9}@example.com")
        #expect(try await shop.stock(cup) == 6)
        let counts = try await shop.post("stock", [["own_id": "cafe\u{301}-1", "count": 7]])
        #expect(counts.json["stock"][0]["product_id"].integer == cup)
        try await shop.put("stock/own_id:PE%CC%81-S", ["count": 11])
        #expect(try await shop.get("stock/own_id:P%C3%89-S").json["stock"][0]["count"] == 11)
    }

    @Test func `names are found in either form, and are there once`() async throws {
        let shop = try await TestShop.open()
        let label = try await shop.post("product-label", ["name": "Caf\u{E9}"]).json["product_label_id"]
        #expect(try await shop.post("product-label", ["name": " Cafe\u{301} "]).status == 409)
        let worn = try await shop.post(
            "product", ["name": "A", "product_labels": ["Cafe\u{301}", ["name": " Caf\u{E9}"]]])
        #expect(worn.json["product_labels"].elements.map { $0["product_label_id"] } == [label])
        let brand = try await shop.post("brand", ["name": "\u{2003}Cafe\u{301}", "rewrite_url": "/caf\u{65}\u{301}/"])
        #expect(brand.json["name"].text.utf8.elementsEqual("Caf\u{E9}".utf8))
        #expect(brand.json["rewrite_url"].text.utf8.elementsEqual("caf\u{E9}".utf8))
        let second = try await shop.post("brand", ["name": "B", "rewrite_url": "caf\u{E9}"])
        #expect(second.json["rewrite_url"].text == "caf\u{E9}-\(second.json["brand_id"].integer)")
        #expect(try await shop.get("brand?name=Cafe%CC%81").json["paging"]["total"] == 1)
        let customer = try await shop.post("customer", ["name": "C", "email": "a@caf\u{E9}.example\u{200B}"])
        #expect(customer.json["email"].text.utf8.elementsEqual("a@caf\u{E9}.example".utf8))
        #expect(try await shop.get("customer?email=a@cafe%CC%81.example").json["paging"]["total"] == 1)
        #expect(try await shop.post("redirect", ["from": "cafe\u{301}", "to": "x"]).status == 200)
        #expect(try await shop.post("redirect", ["from": " caf\u{E9}", "to": "y"]).status == 409)
        let blank = try await shop.post("brand", ["name": "\u{A0}\u{200B} "])
        #expect((blank.status, blank.pointers) == (422, ["/name"]))
    }

    @Test func `an object may have members of both forms, and what changes by its form alone is a change`() async throws
    {
        let shop = try await TestShop.open()
        let id = try await shop.product("Cup")
        let data: JSON = [["title": "T", "type": "text", "id": "x", "value": "v", "\u{E9}": 1, "e\u{301}": 2]]
        let put = try await shop.put("product/\(id)", ["extension_data": data])
        #expect(put.status == 200, "\(put.text)")
        let twice = #"{"name":"A","\u00e9":1,"e\u0301":2,"\u00e9":3}"#
        let headers = ["Authorization": "Bearer \(shop.token(.all))", "Content-Type": "application/json"]
        let reply = try await HTTP.send(
            "POST", "/REST/brand", body: Array(twice.utf8), headers: headers, port: shop.server.port)
        #expect(reply.status == 400)
        try await shop.put("product/\(id)", ["description": "\u{E9}"])
        try await shop.put("product/\(id)", ["description": "e\u{301}"])
        let text = try await shop.get("product/\(id)").json["description"].text
        #expect(text.utf8.elementsEqual("e\u{301}".utf8))
        let profile = try await shop.post("profile", ["name": "P"]).json["profile_id"]
        let note: JSON = ["profile_id": profile, "name": "Note", "data_type": "text"]
        let attribute = try await shop.post("profile-attribute", note).json["attribute_id"]
        for form in ["\u{E9}", "e\u{301}"] {
            let said: JSON = [
                "profile_id": profile, "attributes": [["attribute_id": attribute, "value": .string(form)]],
            ]
            let shown = try await shop.put("product/\(id)", said).json["attributes"][0]["value"].text
            #expect(shown.utf8.elementsEqual(form.utf8))
        }
    }
}
