import Areas
import Basics
import Resources
import Server
import Support
import Testing

/// The tools of MCP: what they are, and that they do what the API does.
@Suite struct MCPToolTests {
    private static func talk() async throws -> MCPTalk { MCPTalk(shop: try await TestShop.open()) }

    private static func tools(_ talk: MCPTalk, _ level: AccessLevel) async throws -> [JSON] {
        try await talk.ask("tools/list", as: level).json["result"]["tools"].elements
    }

    /// The object behind the words of an answer.
    private static func row(_ text: String) throws -> JSON {
        try JSONParser.parse(Array(text.drop { $0 != "{" }.utf8))
    }

    @Test func `the tools are few, short, and the same each time`() async throws {
        let talk = try await Self.talk()
        for (level, bytesMax) in [(AccessLevel.read, 2000), (.write, 16_000), (.all, 20_000)] {
            let (first, second) = (try await Self.tools(talk, level), try await Self.tools(talk, level))
            #expect(first == second)
            let names = first.map { $0["name"].text }
            #expect(Set(names).count == names.count)
            let isPlain = { (name: String) in
                (1...128).contains(name.utf8.count)
                    && name.utf8.allSatisfy {
                        (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x5F || $0 == 0x2D
                    }
            }
            #expect(names.allSatisfy(isPlain), "\(names)")
            let bytes = first.reduce(0) { $0 + $1.serialized.utf8.count }
            #expect(bytes < bytesMax, "\(level): \(bytes) bytes, \(names.count) tools: \(names)")
            for tool in first {
                let text = tool["inputSchema"].serialized
                #expect(tool["inputSchema"]["type"] == "object" && !text.contains("$ref"), "\(text)")
            }
        }
    }

    @Test func `every endpoint of a token that speaks JSON is reached by one tool`() async throws {
        let talk = try await Self.talk()
        let names = Set(try await Self.tools(talk, .all).map { $0["name"].text })
        let described = try await talk.call("describe").text
        for endpoint in House.endpoints {
            guard case .token = endpoint.access, endpoint.method != .patch, endpoint.path.count > 1,
                !endpoint.takesBytes,
                endpoint.path.last != .literal("batch"), endpoint.documentation.contentType == "application/json",
                endpoint.documentation.bodyTypes.contains("application/json")
            else { continue }
            let words = endpoint.path.dropFirst().compactMap { if case .literal(let word) = $0 { word } else { nil } }
            let noun = words.filter { $0 != "search" }.joined(separator: "/")
            #expect(
                names.contains(endpoint.name) || described.split(separator: "\n").contains { $0.hasPrefix(noun + ":") },
                "\(endpoint.name)")
        }
    }

    @Test func `describe shows what a token may, and no more`() async throws {
        let talk = try await Self.talk()
        let read = try await talk.call("describe", as: .read).text
        #expect(read.split(separator: "\n").contains("brand: search list get"))
        #expect(!read.contains("token:") && !read.contains("label_order"))
        #expect(try await talk.call("describe", as: .all).text.contains("\ntoken: "))
        let product = try await talk.call("describe", ["resource": "product"]).text.split(separator: "\n")
        #expect(
            product.contains { $0.hasPrefix("name text *fs") }
                && product.contains { $0.hasPrefix("brand_id integer f of brand") })
        #expect(product.contains { $0.hasPrefix("images list of image_id, ") })
        let unknown = try await talk.call("describe", ["resource": "spaceship"])
        #expect(unknown.isError && unknown.text.contains("/resource"))
        for line in try await talk.call("describe").text.split(separator: "\n") {
            let noun = String(line.prefix { $0 != ":" })
            let one = try await talk.call("describe", ["resource": .string(noun)])
            #expect(!one.isError && one.text.hasPrefix(noun + ":"), "\(noun): \(one.text)")
            #expect(one.text.utf8.count < 12_000, "\(noun): \(one.text.utf8.count) bytes")
        }
    }

    @Test func `every resource with a list can be listed and searched`() async throws {
        let talk = try await Self.talk()
        for line in try await talk.call("describe").text.split(separator: "\n") where line.contains(" list") {
            let noun = String(line.prefix { $0 != ":" })
            guard !noun.contains("/") else { continue }
            let page = try await talk.call("list", ["resource": .string(noun), "query": ["limit": 2]])
            #expect(!page.isError, "\(noun): \(page.text)")
            guard line.contains(" search") || line.contains(": search") else { continue }
            let found = try await talk.call("search", ["resource": .string(noun), "query": "zzz 4"])
            #expect(!found.isError, "\(noun): \(found.text)")
        }
    }

    @Test func `a row is made, changed, shown and deleted, each told in one line`() async throws {
        let talk = try await Self.talk()
        let made = try await talk.call(
            "create", ["resource": "product", "body": ["name": "Cap", "price": 99, "own_id": "C-1"]])
        #expect(made.text.hasPrefix(#"Done: create_product {"product_id":"#) && !made.text.contains("\n"))
        let id = try Self.row(made.text)["product_id"]
        let changed = try await talk.call("update", ["resource": "product", "id": "own_id:C-1", "body": ["price": 89]])
        #expect(try Self.row(changed.text)["price"] == 89)
        let shown = try Self.row(try await talk.call("get", ["resource": "product", "id": id]).text)
        #expect(shown["name"] == "Cap" && shown["price"] == 89 && shown["description"].isNull)
        let only = try await talk.call(
            "get", ["resource": "product", "id": id, "query": ["fields": ["name", "price"]]])
        #expect(only.text == #"{"name":"Cap","price":89}"#)
        let gone = try await talk.call("delete", ["resource": "product", "id": id])
        #expect(gone.text == "Done: delete_product {\"product_id\":\(id.serialized),\"deleted\":1}")
        let missing = try await talk.call("get", ["resource": "product", "id": id])
        #expect(missing.isError && missing.text == "410 gone: This product was deleted.")
    }

    @Test func `what has no id of its own is read and changed without one`() async throws {
        let talk = try await Self.talk()
        #expect(try Self.row(try await talk.call("get", ["resource": "shop"]).text)["name"] == "Test shop")
        #expect(
            try await talk.call("update", ["resource": "shop", "body": ["name": "New name"]]).text.contains("New name"))
        let strange = try await talk.call("get", ["resource": "shop", "id": 3])
        #expect(strange.isError && strange.text.contains("/id"))
        let missing = try await talk.call("get", ["resource": "product"])
        #expect(missing.isError && missing.text.contains("/id is required"))
    }

    @Test func `pictures come in by an address's rows as anywhere`() async throws {
        let talk = try await Self.talk()
        let product = try await talk.shop.product()
        let added = try await talk.call(
            "create",
            [
                "resource": "product/image", "id": .number(product),
                "body": ["data": .string(Picture.png(8, 6).base64)],
            ])
        #expect(!added.isError, "\(added.text)")
        let images = try await talk.shop.get("product/\(product)").json["images"]
        #expect(images.elements.count == 1)
        let gone = try await talk.call(
            "delete",
            ["resource": "product/image", "id": .number(product), "body": ["image_id": images[0]["image_id"]]])
        #expect(!gone.isError, "\(gone.text)")
        #expect(try await talk.shop.get("product/\(product)").json["images"] == [])
    }

    @Test func `an action takes what its body declares, and moves what it says`() async throws {
        let talk = try await Self.talk()
        let product = try await talk.shop.product(stock: 4)
        let moved = try await talk.call("post_stock", ["body": ["product_id": .number(product), "adjust": 3]])
        #expect(!moved.isError, "\(moved.text)")
        #expect(try await talk.shop.stock(product) == 7)
        let order = try await talk.shop.order(product, 2).json["order_id"]
        let dry = try await talk.call("cancel_order", ["id": order, "dry_run": true])
        #expect(dry.text.hasPrefix("Dry run, nothing is stored: cancel_order"))
        #expect(try await talk.shop.stock(product) == 5)
        let done = try await talk.call("cancel_order", ["id": order, "idempotency_key": "c"])
        #expect(try Self.row(done.text)["status"] == "cancelled")
        #expect(try await talk.shop.stock(product) == 7)
        let actor = try #require(try await talk.shop.events().last)["actor"]
        #expect(actor["type"] == "token")
    }

    @Test func `a refusal is kept under its key and told as it was`() async throws {
        let talk = try await Self.talk()
        let product = try await talk.shop.product(stock: 1)
        let wish: JSON = [
            "resource": "order", "idempotency_key": "o",
            "body": ["products": [["product_id": .number(product), "amount": 5]]],
        ]
        let first = try await talk.call("create", wish)
        #expect(first.isError && first.text.hasPrefix("409 stock_short: "))
        #expect(first.text.contains("\n/products/0/amount "))
        let second = try await talk.call("create", wish)
        #expect(second.isError && second.text == first.text)
    }

    @Test func `a secret is shown once, in whole`() async throws {
        let talk = try await Self.talk()
        let wish: JSON = [
            "resource": "token", "body": ["name": "New", "access_level": "read"], "idempotency_key": "t",
        ]
        let made = try await talk.call("create", wish)
        #expect(try Self.row(made.text)["token"].text.hasPrefix("butik_"))
        let again = try await talk.call("create", wish)
        #expect(again.isError && again.text.contains("answered_once"))
    }

    @Test(
        arguments: [
            (["resource": "brand", "name": "x"], "/name is not taken"),
            (["body": ["name": "x"]], "/resource is required"),
            (["resource": "brand", "body": "x"], "/body must be"), (["resource": 7, "body": [:]], "/resource must be"),
            (["resource": "brand", "body": ["name": "x"], "dry_run": "perhaps"], "/dry_run must be"),
            (["resource": "brand", "body": ["name": "x"], "idempotency_key": ""], "/idempotency_key must be"),
            (["resource": "country", "body": ["name": "x"]], "cannot be used with create; with: search, list, get"),
        ] as [(JSON, String)])
    func `arguments that make no sense are told where they are wrong`(_ arguments: JSON, _ words: String) async throws {
        let said = try await Self.talk().call("create", arguments)
        #expect(said.isError && said.text.contains(words), "\(said.text)")
    }

    @Test func `a list is short unless it is asked for more, and never longer than it may be`() async throws {
        let talk = try await Self.talk()
        for number in 1...12 { _ = try await talk.shop.product("Product \(number)") }
        let page = try await talk.call("list", ["resource": "product"]).text.split(separator: "\n")
        #expect(page.count == 12 && page[0] == "10 of 12" && page[11].hasPrefix(#"more: query {"after": ""#))
        #expect(page[1].utf8.count < 400, "\(page[1])")
        let over = try await talk.call("list", ["resource": "product", "query": ["limit": 101]])
        #expect(over.isError && over.text.contains("?limit must be from 0 to 100"))
        let strange = try await talk.call("list", ["resource": "product", "query": ["colour": "red"]])
        #expect(strange.isError && strange.text.contains("?colour"))
        let filtered = try await talk.call(
            "list", ["resource": "product", "query": ["name[in]": ["Product 3", "Product 4"]]])
        #expect(filtered.text.hasPrefix("2 of 2\n"))
        let other = try await talk.call("list", ["resource": "product", "query": 5])
        #expect(other.isError && other.text.contains("/query must be"))
    }

    @Test func `an action takes as many rows at once as the API does`() async throws {
        let talk = try await Self.talk()
        let rows = JSON.array((0..<1001).map { _ in ["product_id": 1, "adjust": 1] })
        let said = try await talk.call("post_stock", ["body": rows])
        #expect(said.isError && said.text.contains("has 1001 rows; at most 1000"), "\(said.text)")
    }

    @Test func `no arguments break a tool`() async throws {
        let talk = try await Self.talk()
        let product = try await talk.shop.product(stock: 5)
        let order = try await talk.shop.order(product).json["order_id"]
        var dice = Dice(seed: 11)
        let nouns: [JSON] = [
            "product", "order", "shop", "token", "product/price", "event", "", "order/label", "nothing",
        ]
        let values: [JSON] = [
            nil, true, 0, -1, 9_007_199_254_740_993, "", "own_id:", "x", "\u{1}", "%", [], [1], [[:]], [:],
            ["name": [:]],
            ["limit": "1e9"], ["fields": ["a", "b"]], ["sort": "-"], ["after": "x"],
            ["products": [["amount": 1_000_000_000]]],
            order,
        ]
        let tools = try await Self.tools(talk, .all).map { $0["name"].text }.filter { $0 != "rotate_token" }
        for _ in 0..<400 {
            var arguments = JSONObject()
            for name in ["resource", "id", "query", "body", "dry_run", "idempotency_key", "other"]
            where dice.roll(0...1) == 0 {
                arguments.append(name, name == "resource" ? dice.pick(nouns) : dice.pick(values))
            }
            if arguments["resource"] == "token", arguments["id"] != nil { continue }
            let tool = dice.pick(tools)
            let reply = try await talk.ask(
                "tools/call", JSONObject([.init("name", .string(tool)), .init("arguments", .object(arguments))]))
            #expect(reply.status == 200, "\(tool) \(JSON.object(arguments).serialized): \(reply.text)")
            #expect(reply.json["result"]["content"][0]["type"] == "text")
        }
        #expect(try await talk.shop.findings() == [])
    }
}
