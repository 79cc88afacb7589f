import Commerce
import Resources
import Support
import Testing

/// The addresses of public pages.
@Suite struct SlugTests {
    @Test(
        arguments: [
            ("Rød Bluse (M)", "roed-bluse-m"), ("Ærø & Århus", "aeroe-aarhus"), ("  --A  b__c!! ", "a-b-c"),
            ("ÜBER Größe", "ueber-groesse"), ("100 % cotton", "100-cotton"), ("日本", ""), ("!?", ""), ("", ""),
            (String(repeating: "a", count: 300), String(repeating: "a", count: 200)),
        ])
    func `a name is spelled in letters, digits and hyphens`(_ name: String, _ slug: String) {
        #expect(Slug.of(name) == slug)
    }

    private static func address(_ reply: Reply) -> String {
        String(reply.json["url"].text.dropFirst(TestServer.publicURL.count + 1))
    }

    @Test func `the second of a name has its id behind it`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.post("product", ["name": "Rød bluse"])
        let second = try await shop.post("product", ["name": "Rød bluse"])
        #expect(Self.address(first) == "roed-bluse")
        #expect(Self.address(second) == "roed-bluse-\(second.json["product_id"].integer)")
        let elsewhere = try await TestShop.open()
        #expect(Self.address(try await elsewhere.post("product", ["name": "Rød bluse"])) == "roed-bluse")
    }

    @Test func `an address that is taken twice still gets one`() async throws {
        let shop = try await TestShop.open()
        try await shop.post("brand", ["name": "Acme"])
        let brand = try await shop.post("brand", ["name": "Other"])
        let id = brand.json["brand_id"].integer
        try await shop.post("brand", ["name": "Third", "rewrite_url": .string("acme-\(id)")])
        let moved = try await shop.put("brand/\(id)", ["rewrite_url": "acme"])
        #expect(moved.status == 200)
        #expect(Self.address(moved) == "acme-\(id)-2")
    }

    @Test func `a name without letters gets the kind and the id`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.post("product", ["name": "日本"])
        #expect(Self.address(product) == "product-\(product.json["product_id"].integer)")
    }

    @Test func `an address of one's own is kept, without slashes at its ends`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.post("product", ["name": "Shirt", "rewrite_url": "/men/Shirt/"])
        #expect(Self.address(product) == "men/Shirt")
        let id = product.json["product_id"].integer
        #expect(Self.address(try await shop.put("product/\(id)", ["name": "Blouse"])) == "men/Shirt")
        #expect(Self.address(try await shop.put("product/\(id)", ["rewrite_url": ""])) == "blouse")
    }

    @Test(
        arguments: [
            ("Æ Ø?x#y", "Æ-Ø-x-y", "/%C3%86-%C3%98-x-y"), ("  ", "shirt", "/shirt"), ("../x/./y", "x/y", "/x/y"),
            ("REST/product", "REST-product", "/REST-product"), ("admin", "admin-1", "/admin-1"),
            ("a//b", "a/b", "/a/b"), ("rest/\u{301}x", "rest-\u{301}x", "/rest-%CC%81x"),
            (" / a / ", "a", "/a"),
        ])
    func `an address is one that browsers find`(_ given: String, _ kept: String, _ url: String) async throws {
        let shop = try await TestShop.open()
        let product = try await shop.post("product", ["name": "Shirt", "rewrite_url": .string(given)])
        #expect(product.json["rewrite_url"].text == kept)
        #expect(product.json["url"].text.hasSuffix(url))
        #expect(try await shop.post("brand", ["name": "Cache"]).json["rewrite_url"] == "cache-1")
    }

    @Test(
        arguments: [
            "rest", "api", "admin", "docs", "shop", "theme", "cache", "feed", "feed.xml", "sitemap.xml", "robots.txt",
            ".well-known", "mcp", "ucp", "01", "download-pdf", "livez", "readyz", "metrics", "openapi.json", "basket",
            "address", "shipping", "approve", "thanks", "order", "also", "search", "payment",
        ])
    func `no page takes what is the server's own`(_ step: String) async throws {
        let shop = try await TestShop.open()
        for (given, kept) in [(step, "\(step)-1"), ("\(step.uppercased())/x", "\(step.uppercased())-x")] {
            let brand = try await shop.post("brand", ["name": "B", "rewrite_url": .string(given)])
            #expect(brand.json["rewrite_url"].text == kept)
        }
        #expect(
            try await shop.post("brand", ["name": "B", "rewrite_url": .string("a\(step)")]).json["rewrite_url"].text
                == "a\(step)")
    }

    @Test func `a page that is made at an address takes it from the redirect there`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.post("product", ["name": "One", "rewrite_url": "s1"]).json["product_id"].integer
        try await shop.put("product/\(first)", ["rewrite_url": "s2"])
        #expect(try await shop.get("redirect?from=s1").json["redirects"][0]["to"] == "s2")
        #expect(Self.address(try await shop.post("product", ["name": "Two", "rewrite_url": "s1"])) == "s1")
        #expect(try await shop.get("redirect?from=s1").json["redirects"] == [])
    }

    @Test func `a deleted row keeps its address`() async throws {
        let shop = try await TestShop.open()
        let first = try await shop.post("product", ["name": "Shirt"]).json["product_id"].integer
        try await shop.delete("product/\(first)")
        let second = try await shop.post("product", ["name": "Shirt"])
        #expect(Self.address(second) == "shirt-\(second.json["product_id"].integer)")
    }
}
