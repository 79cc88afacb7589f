import Basics
import Persistence
import Resources
import Support
import Testing

/// CONTRACT 4, "Selection": `fields=` and `expand=`, and what they cost.
@Suite struct SelectionTests {
    /// A product with a brand and a supplier, and one without.
    private static func catalogue(on server: TestServer? = nil) async throws -> (shop: TestShop, product: Int64) {
        let shop = try await TestShop.open(on: server)
        let brand = try await shop.post("brand", ["name": "Acme"]).json["brand_id"]
        let supplier = try await shop.post("supplier", ["name": "Maker"]).json["supplier_id"]
        let product = try await shop.product(
            "Shirt", JSONObject([.init("brand_id", brand), .init("supplier_id", supplier)]))
        _ = try await shop.product("Plain")
        return (shop, product)
    }

    @Test func `fields shows only those members, in their usual order`() async throws {
        let (shop, product) = try await Self.catalogue()
        let one = try await shop.get("product/\(product)?fields=price,name,product_id").json
        #expect(one.serialized == #"{"product_id":\#(product),"name":"Shirt","price":100}"#)
        let list = try await shop.get("product?fields=name").json["products"]
        #expect(list.serialized == #"[{"name":"Plain"},{"name":"Shirt"}]"#)
        let computed = try await shop.get("product/\(product)?fields=in_stock,url,images").json
        #expect(computed.names == ["url", "images", "in_stock"])
    }

    @Test func `fields works on bare lists and on walks`() async throws {
        let (shop, _) = try await Self.catalogue()
        #expect(try await shop.get("supplier?fields=name").json.serialized == #"[{"name":"Maker"}]"#)
        let first = try await shop.get("product?fields=name&limit=1&sort=price,name").json
        let next = first["paging"]["next"].text.escaped
        let second = try await shop.get("product?fields=name&limit=1&sort=price,name&after=\(next)").json
        #expect(first["products"][0]["name"] == "Plain")
        #expect(second["products"].serialized == #"[{"name":"Shirt"}]"#)
    }

    @Test func `an order's lines can be left out and chosen`() async throws {
        let (shop, product) = try await Self.catalogue()
        try await shop.put("stock/\(product)", ["count": 3])
        let order = try await shop.post("order", ["products": [["product_id": .number(product), "amount": 1]]]).json
        let path = "order/\(order["order_id"].integer)"
        #expect(try await shop.get(path + "?fields=status").json.serialized == #"{"status":"new"}"#)
        #expect(try await shop.get(path + "?fields=products").json["products"] == order["products"])
    }

    @Test func `an unknown field is left out, and refused in strict mode`() async throws {
        let (shop, product) = try await Self.catalogue()
        #expect(try await shop.get("product/\(product)?fields=name,nonsense").json.names == ["name"])
        for path in ["product", "product/\(product)"] {
            let strict = ["Prefer": "handling=strict"]
            let reply = try await shop.get(path + "?fields=name,nonsense", headers: strict)
            #expect(reply.status == 422)
            #expect(reply.pointers == ["?fields"])
            let expansion = try await shop.get(path + "?expand=nonsense", headers: strict)
            #expect(expansion.pointers == ["?expand"])
            #expect(try await shop.get(path + "?expand=nonsense").status == 200)
        }
    }

    @Test func `a hidden field is never shown`() async throws {
        let (shop, product) = try await Self.catalogue()
        #expect(try await shop.get("product/\(product)?fields=search_text,name").json.names == ["name"])
        #expect(try await shop.get("product/\(product)").json.names.contains("search_text") == false)
    }

    @Test func `expand puts the object beside the id, as its own GET shows it`() async throws {
        let (shop, product) = try await Self.catalogue()
        let one = try await shop.get("product/\(product)?expand=brand,supplier").json
        #expect(one["brand"] == (try await shop.get("brand/\(one["brand_id"].integer)").json))
        #expect(one["supplier"] == (try await shop.get("supplier/\(one["supplier_id"].integer)").json))
        let plain = try await shop.get("product/\(product)").json
        #expect(one.names == plain.names + ["brand", "supplier"])
        let list = try await shop.get("product?expand=brand&sort=name").json["products"]
        #expect(list[0]["name"] == "Plain")
        #expect(list[0].names.contains("brand") && list[0]["brand"].isNull)
        #expect(list[1]["brand"] == one["brand"])
    }

    @Test func `expand goes together with fields`() async throws {
        let (shop, product) = try await Self.catalogue()
        let one = try await shop.get("product/\(product)?fields=name&expand=brand").json
        #expect(one.names == ["brand_id", "name", "brand"])
        #expect(one["brand"]["name"] == "Acme")
    }

    @Test func `an id kept as text is expanded too, and a removed object is still shown`() async throws {
        let shop = try await TestShop.open()
        let category = try await shop.post("category", ["name": "Shirts"]).json["category_id"]
        let product = try await shop.product("A", JSONObject([.init("main_category_id", category)]))
        try await shop.delete("category/\(category.integer)")
        let one = try await shop.get("product/\(product)?expand=main_category").json
        #expect(one["main_category_id"].text == "\(category.integer)")
        #expect(one["main_category"]["name"] == "Shirts")
        #expect(one["main_category"]["is_removed"] == "1")
    }

    // MARK: Cost

    @Test func `reading costs as few statements as it can`() async throws {
        let server = try await TestServer()
        let (shop, product) = try await Self.catalogue(on: server)
        try await shop.put("stock/\(product)", ["count": 30])
        for _ in 1...20 { _ = try await shop.product("Filler") }
        let line: JSON = ["products": [["product_id": .number(product), "amount": 1]]]
        let order = try await shop.post("order", line).json["order_id"].integer
        for _ in 1...5 { try await shop.post("order", line) }
        for (path, budget) in [
            ("product/\(product)", 1), ("product/\(product)?fields=name", 1), ("product/\(product)?expand=brand", 2),
            ("product/\(product)?expand=brand,supplier", 3), ("product?limit=3", 2), ("product?limit=1000", 2),
            ("product?limit=1000&expand=brand", 3), ("product?limit=1000&expand=brand,supplier", 4),
            ("product?price=100&sort=name&offset=2", 2), ("category", 2), ("category/tree?fields=name", 1),
            ("order/\(order)", 2),
            ("order?limit=1000", 3), ("order?limit=1000&expand=customer,shipping", 5), ("stock?limit=1000", 2),
            ("stock/\(product)", 1), ("shop", 1), ("self", 1),
        ] {
            // The first call reads the token; after it the clock stands still, and the token is known.
            try await shop.get(path)
            let before = server.storage.statements
            try await shop.get(path)
            let cost = server.storage.statements - before
            #expect((1...budget).contains(cost), "\(path) took \(cost) statements")
        }
        await server.stop()
    }

    @Test func `the tree is shown from memory until a category changes, where nobody else can write`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let category = try await shop.post("category", ["name": "Shirts"]).json["category_id"].integer
        let first = try await shop.get("category/tree")
        let before = server.storage.statements
        #expect(try await shop.get("category/tree").body == first.body)
        #expect(server.storage.statements - before == (server.storage.dialect == .sqlite ? 0 : 1))
        try await shop.put("category/\(category)", ["name": "Blouses"])
        #expect(try await shop.get("category/tree").json[0]["name"] == "Blouses")
        let other = try await TestShop.open(on: server)
        #expect(try await other.get("category/tree").json == [])
        await server.stop()
    }

    @Test func `what reads nothing asks the database nothing`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await shop.get("self")
        let before = server.storage.statements
        for path in ["product?limit=x", "product/abc", "product?sort=nothing", "nothing", "product?%00"] {
            #expect(try await shop.get(path).status >= 400)
        }
        for path in ["/livez", "/openapi.json", "/metrics", "/REST"] {
            #expect(try await shop.anonymous("GET", path).status == 200)
        }
        let garbage = try await shop.anonymous("GET", "/REST/product", headers: ["Authorization": "Bearer garbage"])
        #expect(garbage.status == 401)
        #expect(server.storage.statements == before)
        await server.stop()
    }
}
