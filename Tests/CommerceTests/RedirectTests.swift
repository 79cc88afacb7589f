import Basics
import Resources
import Support
import Testing

/// An address belongs to one thing, and one that is given up leads on.
@Suite struct RedirectTests {
    private static func redirects(_ shop: TestShop) async throws -> [String: String] {
        let rows = try await shop.get("redirect?limit=100").json["redirects"].elements
        return Dictionary(rows.map { ($0["from"].text, $0["to"].text) }, uniquingKeysWith: { "\($0) \($1)" })
    }

    @Test func `a product and a category never share an address`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.post("category", ["name": "Shoes"]).json["rewrite_url"] == "shoes")
        let product = try await shop.post("product", ["name": "Shoes"]).json
        #expect(product["rewrite_url"].text == "shoes-\(product["product_id"].integer)")
        let brand = try await shop.post("brand", ["name": "X", "rewrite_url": "shoes"]).json
        #expect(brand["rewrite_url"].text == "shoes-\(brand["brand_id"].integer)")
    }

    @Test func `a changed address leaves a redirect behind, and its event`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.post("product", ["name": "Shirt"]).json["product_id"].integer
        try await shop.put("product/\(id)", ["name": "Blouse"])
        #expect(try await Self.redirects(shop) == [:])
        try await shop.put("product/\(id)", ["rewrite_url": "blouse"])
        #expect(try await Self.redirects(shop) == ["shirt": "blouse"])
        let row = try await shop.get("redirect?from=shirt").json["redirects"][0]
        #expect(row["code"] == 301)
        #expect(try await shop.get("event?type=redirect.created").json["events"][0]["data"] == row)
    }

    @Test func `one that moves again takes all its old addresses along, and going back leaves no loop`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.post("category", ["name": "A"]).json["category_id"].integer
        for address in ["b", "c"] { try await shop.put("category/\(id)", ["rewrite_url": .string(address)]) }
        #expect(try await Self.redirects(shop) == ["a": "c", "b": "c"])
        try await shop.put("category/\(id)", ["rewrite_url": "a"])
        #expect(try await Self.redirects(shop) == ["b": "a", "c": "a"])
    }

    @Test func `an address that was given up can be had by another`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.post("product", ["name": "Shirt"]).json["product_id"].integer
        try await shop.put("product/\(id)", ["rewrite_url": "blouse"])
        #expect(try await shop.post("product", ["name": "Shirt"]).json["rewrite_url"] == "shirt")
    }

    @Test func `a loop is refused, however long and however fast it is closed`() async throws {
        let shop = try await TestShop.open()
        try await shop.post("redirect", ["from": "/a/", "to": "b"])
        try await shop.post("redirect", ["from": "b", "to": "/c"])
        for from in ["c", "b", "a"] {
            let reply = try await shop.post("redirect", ["from": .string(from), "to": "a"])
            #expect(reply.pointers == (from == "b" ? reply.pointers : ["/to"]), "\(from)")
            #expect(reply.status >= 409)
        }
        let statuses = try await together(2) { number in
            let (from, to): (JSON, JSON) = number == 0 ? ("x", "y") : ("y", "x")
            return try await shop.post("redirect", ["from": from, "to": to]).status
        }
        #expect(statuses.sorted() == [200, 422])
    }

    @Test func `an address leads to one place, out of the shop if need be`() async throws {
        let shop = try await TestShop.open()
        let away: JSON = ["from": "a", "to": "https://example.com/a/", "code": 302]
        #expect(try await shop.post("redirect", away).json["to"] == "https://example.com/a/")
        let again = try await shop.post("redirect", ["from": "a", "to": "b"])
        #expect(again.status == 409)
        #expect(again.pointers == ["/from"])
        #expect(try await shop.post("redirect", ["from": "/", "to": "b"]).pointers == ["/from"])
        #expect(try await shop.post("redirect", ["from": "c", "to": "b", "code": 303]).pointers == ["/code"])
    }

    @Test func `many that want one address at once each get their own`() async throws {
        let shop = try await TestShop.open()
        let addresses = try await together(12) { number in
            let path = ["product", "category", "brand"][number % 3]
            return try await shop.post(path, ["name": "Same"]).json["rewrite_url"].text
        }
        #expect(Set(addresses).count == 12)
        #expect(addresses.contains("same"))
    }

    @Test(arguments: [
        "https://a\r\nX: y", "javascript:alert(1)", "/JavaScript:alert(1)", "data:text/html,x", "vbscript:x",
        "file:///etc/passwd",
        "http://", "https:///x", "https:x", "http://?x", "https://user:password@example.com/", "https://exa mple.com/",
        "https://example.com:8x/", "a\u{1}b", "a\u{85}b", "\\\\example.com", "/\\example.com/x",
        "https://example.com\\@evil.test", "mailto:a@b.dk", "https://<script>/",
    ])
    func `a redirect leads only to a path of the shop or to a host of the web`(_ place: String) async throws {
        let shop = try await TestShop.open()
        let id = try await shop.post("redirect", ["from": "here", "to": "there"]).json["redirect_id"].integer
        for (body, pointer) in [
            (["from": "a", "to": .string(place)], "/to"), (["from": .string(place), "to": "b"], "/from"),
        ] as [(JSON, String)] {
            let refused = try await shop.post("redirect", body)
            #expect((refused.status, refused.pointers) == (422, [pointer]), "\(place): \(refused.text)")
            #expect(refused.text.contains("https://example.com/shoes"))
        }
        #expect(try await shop.put("redirect/\(id)", ["to": .string(place)]).status == 422)
        #expect(try await Self.redirects(shop) == ["here": "there"])
    }

    @Test(arguments: [
        ("/old/", "old"), ("https://example.com", "https://example.com"),
        ("HTTP://Example.com:8080/a?b=c#d", "HTTP://Example.com:8080/a?b=c#d"),
        ("https://m\u{F8}bler.dk/x", "https://m\u{F8}bler.dk/x"), ("index.php?id=3:4", "index.php?id=3:4"),
        ("a/b:c", "a/b:c"),
        (" cafe\u{301}/ ", "caf\u{E9}"), ("/ a /", "a"), ("/ \u{A0}/ /b/ \u{200B}/", "b"),
        ("//example.com/x", "example.com/x"),
    ])
    func `a place is shown as it is kept and can be sent back`(_ place: String, _ kept: String) async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("redirect", ["from": "here", "to": .string(place)])
        #expect((made.status, made.json["to"].text) == (200, kept), "\(made.text)")
        #expect(try await shop.put("redirect/\(made.json["redirect_id"].integer)", made.json).body == made.body)
        #expect(try await shop.post("redirect", ["from": .string(place), "to": "there"]).json["from"].text == kept)
    }

    @Test func `no page's address looks like a scheme`() async throws {
        let shop = try await TestShop.open()
        let brand = try await shop.post("brand", ["name": "B", "rewrite_url": "javascript:alert(1)/a:b"]).json
        #expect(brand["rewrite_url"] == "javascript-alert(1)/a:b")
        try await shop.put("brand/\(brand["brand_id"].integer)", ["rewrite_url": "b"])
        #expect(try await Self.redirects(shop) == ["javascript-alert(1)/a:b": "b"])
    }
}
