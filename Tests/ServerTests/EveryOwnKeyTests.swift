import Areas
import Basics
import Commerce
import Resources
import Support
import Testing

/// Whatever a shop numbers itself is found by that number, generated from its declaration (CONTRACT 8, "Everywhere").
@Suite struct EveryOwnKeyTests {
    /// Variants are made through their products: see `VariantResourceTests`.
    private static let owned = House.documented.filter { $0.ownKey != nil && $0.path != "variant" }.map(\.path)
    private static let writable = ResourceInfo.paths(.create) + ["order"]

    /// A body of a new row, with a number of the shop's own.
    private static func body(_ path: String, _ example: Example, _ own: JSON? = nil) async throws -> JSONObject {
        guard case .object(let least) = try await example.minimum(path) else { return JSONObject() }
        return JSONObject(least.members + (own.map { [.init("own_id", $0)] } ?? []))
    }

    private static func change(_ path: String) -> (field: String, value: JSON) {
        path == "order" ? ("comments", "Changed") : ("name", "Changed")
    }

    @Test func `what the contract names has a number of the shop's own`() {
        let named = ["order", "customer", "category", "brand", "supplier", "manufacturer", "product"]
        #expect(Set(Self.owned) == Set(named))
    }

    @Test(arguments: owned)
    func `a row is read, changed and deleted by the shop's own number`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let shop = example.shop
        let made = try await shop.post(path, .object(try await Self.body(path, example, "A: 1")))
        try #require(made.status == 200, "\(made.text)")
        #expect(made.json["own_id"] == "A: 1")
        #expect(try await shop.get("\(path)/own_id:A:%201").body == made.body)
        let (field, value) = Self.change(path)
        for method in ["PUT", "PATCH"] {
            let changed = try await shop.send(method, "/REST/\(path)/own_id:A:%201", .member(field, value))
            #expect((changed.json[info.key], changed.json[field]) == (made.json[info.key], value))
        }
        let listed = try await shop.get("\(path)?own_id=A:%201&envelope=1").json[info.plural].elements
        #expect(listed.map { $0[info.key] } == [made.json[info.key]])
        #expect(try await shop.delete("\(path)/own_id:A:%201").status == 200)
        #expect(try await shop.get("\(path)/own_id:A:%201").status == 404)
        #expect(try await shop.get("\(path)/\(made.json[info.key].integer)").status == 410)
        let again = try await shop.post(path, .object(try await Self.body(path, example, "A: 1")))
        #expect(again.status == 200, "\(again.text)")
    }

    @Test(arguments: owned)
    func `PUT makes what the number does not name yet, once, and changes it from then on`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let shop = example.shop
        let (field, value) = Self.change(path)
        #expect(try await shop.send("PATCH", "/REST/\(path)/own_id:N", .member(field, value)).status == 404)
        let body = JSON.object(try await Self.body(path, example))
        let replies = try await together(4) { _ in try await shop.put("\(path)/own_id:N", body) }
        #expect(replies.allSatisfy { $0.status == 200 }, "\(replies.map(\.text))")
        #expect(Set(replies.map { $0.json[info.key].integer }).count == 1)
        let row: JSON = ["method": "PUT", "id": "own_id:N", "body": .member(field, value)]
        let batch = try await shop.post("\(path)/batch", [row, row])
        #expect(batch.json["results"][1]["body"][field] == value, "\(batch.text)")
        let types = try await shop.get("event?resource=\(path)&limit=1000").json["events"].elements
        #expect(
            types.filter { $0["type"].text == "\(path).created" && $0["data"]["own_id"] == "N" }.count == 1)
    }

    @Test(arguments: owned)
    func `PUT to a number that names nothing makes no row of another number`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let shop = example.shop
        let other = JSON.object(try await Self.body(path, example, "B"))
        let refused = try await shop.put("\(path)/own_id:A", other)
        #expect((refused.status, refused.code) == (400, "other_own_id"), "\(refused.text)")
        #expect(["own_id A", "body B"].allSatisfy { refused.json["detail"].text.contains($0) }, "\(refused.text)")
        let rows: JSON = [
            ["method": "PUT", "id": "own_id:C", "body": .object(try await Self.body(path, example, "C "))],
            ["method": "PUT", "id": "own_id:A", "body": other],
        ]
        #expect(try await shop.post("\(path)/batch", rows).status == 400)
        let partial = try await shop.post("\(path)/batch?mode=partial", rows).json["results"].elements
        #expect(partial.map { $0["status"] } == [200, 400])
        #expect(partial[0]["body"]["own_id"] == "C")
        #expect(try await shop.get("\(path)/own_id:B").status == 404)
        let moved = try await shop.put("\(path)/own_id:C", ["own_id": "D"])
        #expect((moved.json["own_id"], moved.json[info.key]) == ("D", partial[0]["body"][info.key]))
    }

    @Test(arguments: owned, ["A\nB", "A\u{7}B", "A\u{85}B", "A\u{2028}B", "A\u{202E}B", "A\u{2066}B", "A\u{200F}B"])
    func `a number has nothing in it that nobody sees`(_ path: String, _ own: String) async throws {
        let example = try await Example.make(in: try await TestShop.open())
        let body = JSON.object(try await Self.body(path, example, .string(own)))
        let refused = try await example.shop.post(path, body)
        #expect((refused.status, refused.pointers) == (422, ["/own_id"]), "\(refused.text)")
        #expect(refused.text.contains("it has U+"))
    }

    @Test(arguments: owned)
    func `a number is one live row's, in its own shop`(_ path: String) async throws {
        let example = try await Example.make(in: try await TestShop.open())
        let shop = example.shop
        #expect(try await shop.post(path, .object(try await Self.body(path, example, "A"))).status == 200)
        let second = try await shop.post(path, .object(try await Self.body(path, example, "A")))
        #expect((second.status, second.pointers) == (409, ["/own_id"]), "\(second.text)")
        let third = try await shop.post(path, .object(try await Self.body(path, example, "B")))
        let moved = try await shop.put("\(path)/own_id:B", ["own_id": "A"])
        #expect((moved.status, moved.pointers) == (409, ["/own_id"]), "\(moved.text)")
        #expect(try await shop.get("\(path)/own_id:B").json["own_id"] == third.json["own_id"])
        let other = try await Example.make(in: try await TestShop.open())
        #expect(try await other.shop.get("\(path)/own_id:A").status == 404)
        #expect(try await other.shop.post(path, .object(try await Self.body(path, other, "A"))).status == 200)
    }

    @Test(arguments: owned.filter { $0 != "product" })
    func `most rows have no number, and nothing is the number of none`(_ path: String) async throws {
        let example = try await Example.make(in: try await TestShop.open())
        let shop = example.shop
        for own in [nil, .null, ""] as [JSON?] {
            for _ in 1...2 {
                let made = try await shop.post(path, .object(try await Self.body(path, example, own)))
                #expect(made.status == 200, "\(made.text)")
                #expect(made.json["own_id"].isNull)
            }
        }
        #expect(try await shop.put("\(path)/own_id:A", .object(try await Self.body(path, example))).status == 200)
        #expect(try await shop.put("\(path)/own_id:A", ["own_id": ""]).json["own_id"].isNull)
        #expect(try await shop.get("\(path)/own_id:A").status == 404)
        #expect(try await shop.get("\(path)/own_id:").status == 404)
    }

    @Test(arguments: writable)
    func `a reference takes the shop's own number of what it names`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let shop = example.shop
        for field in info.writable {
            guard let target = (field.reference ?? field.referencesEach)?(), target.ownKey != nil else { continue }
            let id = example.id(target.path, 0)
            try await shop.put("\(target.path)/\(id)", ["own_id": "Named"])
            let isList = field.reference == nil
            func body(_ own: JSON) async throws -> JSON {
                let least = try await Self.body(path, example).without([field.name])
                return .object(JSONObject(least.members + [.init(field.name, isList ? [own] : own)]))
            }
            let made = try await shop.post(path, try await body("own_id:Named"))
            let shown = Example.shown(field, .number(id))
            #expect(made.json[field.name] == (isList ? [shown] : shown), "\(field.name): \(made.text)")
            if field.isFilterable, !isList {
                for filter in ["", "[in]"] {
                    let list = "\(path)?\(field.name)\(filter)=own_id:Named&envelope=1&limit=1000"
                    let found = try await shop.get(list).json[info.plural].elements
                    #expect(found.contains { $0[info.key] == made.json[info.key] }, "\(field.name)")
                    #expect(found.allSatisfy { $0[field.name] == shown }, "\(field.name)")
                }
                let none = try await shop.get("\(path)?\(field.name)=own_id:Nobody&envelope=1").json
                #expect(none["paging"]["total"] == 0, "\(field.name)")
            }
            if !made.json[info.key].isNull { try await shop.delete("\(path)/\(made.json[info.key].integer)") }
            let refused = try await shop.post(path, try await body("own_id:Nobody"))
            let pointer = "/\(field.name)" + (isList ? "/0" : "")
            #expect((refused.status, refused.pointers) == (422, [pointer]), "\(field.name): \(refused.text)")
        }
    }

    @Test func `what stands below a row is reached by the row's own number`() async throws {
        let shop = try await TestShop.open()
        try await shop.put("category/own_id:C", ["name": "Shirts"])
        let shirt = try await shop.product("Shirt", stock: 5, JSONObject([.init("categories", ["own_id:C"])]))
        #expect(try await shop.get("category/own_id:C/products").json["products"][0]["product_id"] == .number(shirt))
        #expect(try await shop.put("category/own_id:C/products", ["products": [.number(shirt)]]).status == 200)
        #expect(try await shop.get("category/own_id:D/products").status == 404)
        #expect(try await shop.get("product?category_id=own_id:C").json["products"][0]["product_id"] == .number(shirt))
        #expect(try await shop.get("product?category_id=own_id:D").json["paging"]["total"] == 0)
        #expect(try await shop.get("category?category_id[in]=own_id:C,own_id:D").json[0]["name"] == "Shirts")
        try await shop.put("brand/own_id:B", ["name": "Acme"])
        let image = try await shop.bytes(
            "POST", "/REST/brand/own_id:B/image", Picture.png(8, 8), headers: ["Content-Type": "image/png"])
        #expect(image.status == 200, "\(image.text)")
        try await shop.put("customer/own_id:K", ["name": "Ann"])
        let body: JSON = ["customer_id": "own_id:K", "products": [TestShop.line(shirt, 2)]]
        let order = try await shop.put("order/own_id:O", body)
        #expect(order.json["order_name"] == "Ann", "\(order.text)")
        #expect(try await shop.stock(shirt) == 3)
        #expect(try await shop.post("order/own_id:O/cancel", [:]).json["status"] == "cancelled")
        #expect(try await shop.stock(shirt) == 5)
        #expect(try await shop.get("product/\(shirt)/price?customer_id=own_id:K").status == 200)
        #expect(try await shop.get("product/\(shirt)/price?customer_id=own_id:L").pointers == ["?customer_id"])
    }

    @Test func `the document says where the shop's own number may stand`() {
        let paths = Contract.document["paths"]
        func type(_ path: String) -> JSON { paths[path]["get"]["parameters"][0]["schema"]["type"] }
        #expect(type("/REST/order/{order_id}") == ["integer", "string"])
        #expect(type("/REST/category/{category_id}/products") == ["integer", "string"])
        #expect(type("/REST/shipping/{shipping_id}") == "integer")
    }
}
