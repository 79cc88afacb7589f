import Basics
import Commerce
import Resources
import Support
import Testing

/// What apps insert into pages (seed 002, "Add code").
@Suite struct AppCodeTests {
    private static func shown(_ shop: TestShop, _ query: String) async throws -> JSON {
        let reply = try await shop.send("GET", "/REST/app-code?\(query)", as: .read)
        try #require(reply.status == 200, "\(reply.text)")
        return reply.json
    }

    @Test func `code stands at four places, on all pages or on chosen ones, in any combination`() async throws {
        let world = try await AppWorld.open([
            (
                "code",
                [
                    ["place": "head_start", "template": "a"],
                    ["place": "head_end", "pages": ["thanks"], "template": "b"],
                    ["place": "head_start", "pages": ["thanks", "product"], "template": "c"],
                    ["place": "body_start", "pages": ["search"], "template": "d"],
                    ["place": "body_end", "template": "e"],
                ]
            )
        ])
        try await world.install(in: world.maker)
        func places(_ page: String) async throws -> [String] {
            let json = try await Self.shown(world.maker, "page=\(page)")
            return ["head_start", "head_end", "body_start", "body_end"].map { json[$0].text }
        }
        #expect(try await places("thanks") == ["ac", "b", "", "e"])
        #expect(try await places("search") == ["a", "", "d", "e"])
        for page in [
            "product", "landing_page", "category", "page", "blog_post", "basket", "address", "shipping", "approve",
            "order",
            "also",
        ] {
            #expect(try await places(page) == [page == "product" ? "ac" : "a", "", "", "e"], "\(page)")
        }
        #expect(try await world.maker.get("app-code?page=moon").pointers == ["?page"])
    }

    @Test func `templates know what was entered, the shop and the page`() async throws {
        let template =
            "<{$app_vars.key}>|<{$shop.name}>|<{$shop.currency}>|<{$shop.webshop_id}>|<{$page.type}>|"
            + "<{$page.id}>|<{$page.title}>|<{$page.url}>|<{if $app_vars.on}>on<{/if}>"
        let world = try await AppWorld.open([
            ("fields", [["name": "key", "type": "text"], ["name": "on", "type": "boolean"]]),
            ("code", [["place": "head_end", "template": .string(template)]]),
        ])
        try await world.install(in: world.maker, ["key": "</script>", "on": 1])
        let product = try await world.maker.product("Shoe & Boot")
        let url = try await world.maker.get("product/\(product)").json["url"].text
        let shown = try await Self.shown(world.maker, "page=product&id=\(product)")["head_end"]
        #expect(
            shown.text == "&lt;/script&gt;|Test shop|DKK|\(world.maker.id)|product|\(product)|Shoe &amp; Boot|\(url)|on"
        )
        #expect(try await world.maker.get("app-code?page=product&id=999999").status == 404)
        let basket = try await Self.shown(world.maker, "page=basket")["head_end"].text
        #expect(basket.contains("|basket||Test shop|"))
    }

    @Test func `an app that goes beyond its bounds inserts nothing, and the others all of theirs`() async throws {
        let loop =
            String(repeating: "<{foreach $page as $x}><{foreach $shop as $y}>", count: 8) + "x"
            + String(repeating: "<{/foreach}><{/foreach}>", count: 8)
        let greedy = try await AppWorld.open([
            ("code", [["place": "head_end", "template": "first"], ["place": "body_end", "template": .string(loop)]])
        ])
        try await greedy.install(in: greedy.maker)
        let modest = try await greedy.maker.post(
            "app",
            ["name": "Modest", "access_level": "read", "code": [["place": "head_end", "template": "modest"]]])
        try await greedy.maker.post("app-install", ["app_id": modest.json["app_id"]])
        let shown = try await Self.shown(greedy.maker, "page=search")
        #expect((shown["head_end"], shown["body_end"]) == ("modest", ""))
        #expect(shown["faults"].elements.map { $0["app_id"].integer } == [greedy.id])
        #expect(shown["faults"][0]["message"].text.contains("steps"))
    }

    @Test func `code that can't be read any more inserts nothing, and is told`() async throws {
        let world = try await AppWorld.open([("code", [["place": "head_end", "template": "old"]])])
        try await world.install(in: world.maker)
        let broken = #"[{"place":"head_end","pages":[],"template":"<{include}>"}]"#
        _ = try await world.maker.server.storage.write { db in
            try db.run("UPDATE apps SET code = \(broken) WHERE app_id = \(world.id)")
        }
        let shown = try await Self.shown(world.maker, "page=search")
        #expect(shown["head_end"] == "")
        #expect(shown["faults"][0]["message"].text.hasPrefix("line 1, column 3: include is no tag"))
    }

    @Test func `a page's code takes as many questions for ten apps as for one`() async throws {
        let shop = try await TestShop.open()
        for number in 0..<10 {
            let app = try await shop.post(
                "app",
                [
                    "name": "App", "access_level": "read",
                    "code": [["place": "head_end", "template": .string("\(number)")]],
                ])
            try await shop.post("app-install", ["app_id": app.json["app_id"]])
        }
        #expect(try await Self.shown(shop, "page=search")["head_end"] == "0123456789")
        #expect(try await Self.shown(shop, "")["head_end"] == "0123456789")
    }
}
