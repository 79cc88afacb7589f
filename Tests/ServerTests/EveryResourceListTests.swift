import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Every field that a resource says can be filtered or sorted by can be, on a list of that resource.
@Suite struct EveryResourceListTests {
    private static let listable = ResourceInfo.paths(.list)

    /// Makes two objects that differ in every field, and answers what a GET shows of them.
    private static func pair(_ path: String) async throws -> (shop: TestShop, first: JSON, second: JSON) {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let shop = example.shop
        switch path {
        case "country":
            return (shop, try await shop.get("country/\(Country.denmark)").json, try await shop.get("country/1").json)
        case "stock":
            let ids = [example.id("product", 0), example.id("product", 1)]
            for (index, id) in ids.enumerated() {
                try await shop.put("stock/\(id)", ["count": .number(Int64(index) + 3)])
            }
            let rows = try await shop.get("stock?sort=product_id&limit=2").json["stock"]
            return (shop, rows[0], rows[1])
        case "variant":
            let rows = try await example.variants()
            return (shop, rows[0], rows[1])
        case "import":
            var rows: [JSON] = []
            for format in ["butik-csv", "butik-jsonl"] {
                rows.append(try await shop.bytes("POST", "/REST/import?format=\(format)", Array("own_id\n".utf8)).json)
            }
            return (shop, rows[0], rows[1])
        case "audit":
            try await shop.put("shop", ["name": "Other"])
            return (
                shop, try await shop.get("audit?resource=token&limit=1").json["audit"][0],
                try await shop.get("audit?action=updated&limit=1").json["audit"][0]
            )
        case "mail":
            let drafts = [
                MailWorld.draft(.invitation, to: "a@b.test"), MailWorld.draft(.tokenIdle, to: "c@d.test"),
            ]
            var rows: [JSON] = []
            for draft in drafts { rows.append(try await shop.get("mail/\(try await shop.write(draft))").json) }
            return (shop, rows[0], rows[1])
        case "app":
            var rows: [JSON] = []
            for name in ["First", "Second"] {
                rows.append(try await shop.post(path, ["name": .string(name), "access_level": "read"]).json)
            }
            let second = "app/\(rows[1]["app_id"].integer)"
            try await shop.post(second + "/submit", [:])
            return (
                shop, try await shop.get("app/\(rows[0]["app_id"].integer)").json, try await shop.get(second).json
            )
        case "app-install":
            var rows: [JSON] = []
            for _ in 0...1 { rows.append(try await shop.post(path, example.minimum(path)).json) }
            return (shop, rows[0], rows[1])
        case "webhook-delivery":
            for url in ["https://a.example/", "https://b.example/"] {
                let hook = try await shop.post("webhook", ["url": .string(url), "events": ["product"]]).json
                try await shop.post("webhook/\(hook["webhook_id"].integer)/ping", [:])
            }
            // Nothing but a ping is sent here.
            try await shop.server.storage.write { [id = shop.id] db in
                _ = try db.run(
                    """
                    UPDATE webhook_deliveries SET type = 'paid', status = 'failed' WHERE webshop_id = \(id) AND
                    webhook_delivery_id = (SELECT max(webhook_delivery_id) FROM webhook_deliveries WHERE webshop_id = \(id))
                    """)
            }
            let rows = try await shop.get("webhook-delivery").json["webhook_deliveries"]
            return (shop, rows[0], rows[1])
        case "stock-entry":
            var rows: [JSON] = []
            for number in 1...2 {
                let body: JSON = [
                    "product_id": .number(example.id("product", number)), "change": .number(Int64(number)),
                    "reason": "x",
                ]
                rows.append(try await shop.post(path, body).json)
            }
            return (shop, rows[0], rows[1])
        default:
            var rows: [JSON] = []
            for variant in 0...1 {
                guard case .object(var body) = try await example.minimum(path) else { break }
                for field in info.writable where !["status", "access_level"].contains(field.name) {
                    body = body.without([field.name])
                    body.append(field.name, example.value(field, variant: variant))
                }
                if path == "order" {
                    body = body.without(["status"])
                    body.append("status", variant == 0 ? "pending" : "ready")
                    body.append("shipping_price", .number(Int64(variant)))
                }
                let reply = try await shop.post(path, .object(body))
                try #require(reply.status == 200, "\(path): \(reply.text)")
                rows.append(try await shop.get("\(path)/\(reply.json[info.key].integer)").json)
            }
            return (shop, rows[0], rows[1])
        }
    }

    private static func filter(_ value: JSON) -> String {
        if case .number(let number) = value { number.text } else { value.text.escaped }
    }

    @Test(arguments: listable)
    func `every filter finds the rows that have the value, and ne the others`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let (shop, first, second) = try await Self.pair(path)
        func ids(_ query: String) async throws -> Set<Int64> {
            let reply = try await shop.get("\(path)?envelope=1&limit=1000&\(query)")
            #expect(reply.status == 200, "\(query): \(reply.text)")
            let rows = reply.json[info.plural].elements
            #expect(reply.json["paging"]["total"].integer == Int64(rows.count), "\(query)")
            return Set(rows.map { $0[info.key].integer })
        }
        let one = first[info.key].integer
        let two = second[info.key].integer
        #expect(one != two)
        for field in info.filterableFields {
            let name = field.name
            guard !first[name].isNull else {
                #expect(try await ids("\(name)[null]=1").contains(one), "\(name)")
                #expect(try await ids("\(name)[null]=0").contains(one) == false, "\(name)")
                continue
            }
            let value = Self.filter(first[name])
            let same = first[name] == second[name]
            #expect(try await ids("\(name)=\(value)").isSuperset(of: same ? [one, two] : [one]), "\(name)=\(value)")
            #expect(try await ids("\(name)[ne]=\(value)").contains(one) == false, "\(name)[ne]=\(value)")
            #expect(try await ids("\(name)[in]=\(value)").contains(one), "\(name)[in]=\(value)")
            #expect(try await ids("\(name)[gte]=\(value)").contains(one), "\(name)[gte]=\(value)")
            #expect(try await ids("\(name)[lt]=\(value)").contains(one) == false, "\(name)[lt]=\(value)")
            guard !same else { continue }
            if name != "last_modified" {
                #expect(try await ids("\(name)=\(value)").contains(two) == false, "\(name)=\(value)")
            }
            #expect(try await ids("\(name)[ne]=\(value)").contains(two), "\(name)[ne]=\(value)")
        }
    }

    // What is written once has no later stamp.
    @Test(arguments: listable.filter { !["country", "audit"].contains($0) })
    func `a poller is not led past a change that it cannot see yet`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let (shop, first, second) = try await Self.pair(path)
        // Begun two seconds ago, and the others have written since.
        let began = shop.server.clock.now.adding(seconds: -2)
        let held = try await Held.begin(in: shop, on: shop.server.storage, at: began) { tx in
            try tx.stamp(info, first[info.key].integer)
        }
        var poller = try Poller(shop, path)
        #expect(try await held.during { try await poller.poll() } == [])
        try await poller.poll()
        #expect(poller.copy[first[info.key].integer]?["last_modified"] == "2026-03-01 12:59:58")
        #expect(poller.copy.keys.contains(second[info.key].integer))
        #expect(try await poller.isRight())
    }

    @Test(arguments: listable)
    func `two rows made differently differ in what can be filtered`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let (_, first, second) = try await Self.pair(path)
        let exempt: Set = [
            "created", "last_modified", "variant_id", "status", "paid_time", "invoice_id", "kind", "order_id",
            "currency",
            "is_eu", "vat_rate",
            // `VATTests` has an order of each kind.
            "reverse_charge",
        ]
        for field in info.filterableFields where !exempt.contains(field.name) {
            #expect(
                first[field.name] != second[field.name], "\(field.name) is the same in both: its filter is untested")
        }
    }

    @Test(arguments: listable)
    func `every sort goes both ways and is walked without loss`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let (shop, _, _) = try await Self.pair(path)
        let unwritten = [
            "country", "stock", "stock-entry", "order", "import", "mail", "variant", "audit", "webhook-delivery",
        ]
        if !unwritten.contains(path) {
            let example = try await Example.make(in: shop)
            let hasUniqueNames = [
                "product-label", "order-label", "profile-attribute-value", "redirect",
            ].contains(path)
            let title = path == "redirect" ? "from" : info.title
            for name in ["b", "B", "a", "\u{e6}", hasUniqueNames ? "c" : "b"] {
                guard case .object(let body) = try await example.minimum(path) else { return }
                var named = body.without([title])
                named.append(title, .string(name))
                try #require(try await shop.post(path, .object(named)).status == 200)
            }
        }
        for name in info.sortableNames {
            let all = try await shop.get("\(path)?envelope=1&limit=1000&sort=\(name)").json[info.plural].elements
            #expect(all.count >= 2)
            let field = info.field(name)
            for (left, right) in zip(all, all.dropFirst()) {
                #expect(Self.isInOrder(left[name], right[name], field), "\(name): \(left[name]) before \(right[name])")
            }
            let back = try await shop.get("\(path)?envelope=1&limit=1000&sort=-\(name)").json[info.plural].elements
            #expect(back == all.reversed(), "-\(name)")
            for (sort, expected) in [(name, all), ("-" + name, back)] {
                let rows = try await walk(shop, "\(path)?envelope=1&limit=\(max(2, all.count / 3))&sort=\(sort)", info)
                #expect(rows == expected, "\(sort)")
            }
        }
    }

    private func walk(_ shop: TestShop, _ path: String, _ info: ResourceInfo) async throws -> [JSON] {
        var rows: [JSON] = []
        var after = ""
        for _ in 0..<1000 {
            let list = try await shop.get("\(path)&after=\(after.escaped)").json
            rows += list[info.plural].elements
            guard list["paging"].names.contains("next") else { return rows }
            after = list["paging"]["next"].text
        }
        Issue.record("the walk of \(path) does not end")
        return rows
    }

    /// Text by its bytes, so that both engines agree; nothing before something.
    private static func isInOrder(_ left: JSON, _ right: JSON, _ field: FieldInfo?) -> Bool {
        switch (left, right) {
        case (.null, _): return true
        case (_, .null): return false
        case (.string(let left), .string(let right)):
            return !right.unicodeScalars.lexicographicallyPrecedes(left.unicodeScalars)
        case (.number(let left), .number(let right)):
            return (left.scaled(places: 3)?.int64 ?? 0) <= (right.scaled(places: 3)?.int64 ?? 0)
        default: return false
        }
    }
}
