import Areas
import Basics
import Commerce
import Exchange
import Persistence
import Resources
import Support
import Testing

/// Every number that can come from outside, at the ends of what numbers there are: nothing falls over, and what is stored
/// keeps the rules of its field. A trap would end the whole run.
@Suite struct ExtremeNumberTests {
    private static let numbers = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616",
        "9007199254740991", "-9007199254740991", "9007199254740992", "-9007199254740992", "9007199254740990",
        "1e308", "-1e308", "1e-400", "1e400", "-0", "0.1", "-1", "0.0000001", "1.5e3", "1000000000001",
        String(repeating: "9", count: 400),
    ]
    private static let words =
        numbers + ["NaN", "Infinity", "-Infinity", "nan", "1e", "0x10", "", " ", "1,5", "٣", "true"]

    /// Columns of a shop that break the rules of their fields.
    private static func broken(_ shop: TestShop) async throws -> [String] {
        let id = shop.id
        return try await shop.server.storage.read { db in
            try House.stored.flatMap { resource -> [String] in
                let info = resource.info
                guard info.isShopOwned, info.key != "webshop_id" else { return [] }
                let rows = try db.rows(
                    "SELECT \(raw: info.columnList) FROM \(raw: info.table) WHERE webshop_id = \(id)")
                return rows.flatMap { row in
                    zip(info.fields, row.values).filter { !$0.allows($1) }.map { "\(info.path).\($0.name) is \($1)" }
                }
            }
        }
    }

    @Test(arguments: ResourceInfo.paths(.create))
    func `no number of a body falls over or is stored out of its range`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let shop = try await TestShop.open()
        guard case .object(let minimum) = try await Example.make(in: shop).minimum(path) else { return }
        let fields = info.fields.filter { ![.text, .link].contains($0.kind) && !$0.isReadOnly }
        let wishes = fields.flatMap { field in
            Self.numbers.flatMap { number -> [JSON] in
                let value = JSON.number(JSONNumber(text: number))
                return field.kind == .json ? [[value], [.string(number)]] : [value, .string(number)]
            }.map { JSONObject.Member(field.name, $0) }
        }
        let statuses = try await together(8) { worker in
            var statuses: Set<Int> = []
            for wish in wishes[...].enumerated().filter({ $0.offset % 8 == worker }).map(\.element) {
                let body = JSONObject(minimum.without([wish.name, "own_id", "val", "from"]).members + [wish])
                let reply = try await shop.post(path, .object(body))
                if reply.status >= 500 { Issue.record("\(wish.name): \(reply.text.prefix(300))") }
                statuses.insert(reply.status)
            }
            return statuses
        }
        #expect(statuses.joined().allSatisfy { (200..<500).contains($0) })
        #expect(try await Self.broken(shop) == [])
    }

    @Test func `no number of a stock, an order or a query falls over`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("P", stock: 5, JSONObject([.init("allow_negative_stock", 1)]))
        for text in Self.numbers {
            let number = JSON.number(JSONNumber(text: text))
            let replies = [
                try await shop.put("stock/\(id)", ["count": number]),
                try await shop.put("stock/\(id)", ["adjust": number]),
                try await shop.post("stock-entry", ["product_id": .number(id), "change": number, "reason": "x"]),
                try await shop.post("order", ["products": [["product_id": .number(id), "amount": number]]]),
                try await shop.post(
                    "order", ["products": [["product_id": .number(id), "amount": 1, "unit_price": number]]]),
                try await shop.put("product/\(id)", ["mailing_list_ids": [number]]),
                try await shop.get("product?limit=\(text)&offset=\(text)"), try await shop.get("product/\(text)"),
                try await shop.get("product?price[gte]=\(text)&product_id[in]=1,\(text)"),
                try await shop.get("product/search?price[gt]=\(text)&brand_id=\(text)&attribute[\(text)]=\(text)"),
                try await shop.get("product/\(id)/price?amount=\(text)"),
                try await shop.get("event?after=\(text)&limit=\(text)"),
            ]
            for (place, reply) in replies.enumerated() {
                #expect(reply.status < 500, "\(place), \(text): \(reply.text.prefix(300))")
            }
        }
        let large: JSON = ["mailing_list_ids": [9_223_372_036_854_775_807]]
        #expect(try await shop.put("product/\(id)", large).pointers == ["/mailing_list_ids"])
        #expect(try await Self.broken(shop) == [])
        #expect(try await shop.findings() == [])
    }

    /// Letters that no engine presses together, four bytes each: 2,048 of them are three times as long as an index row.
    @Test func `a redirect is refused where its letters take more than its index has room for`() async throws {
        let shop = try await TestShop.open()
        var dice = Dice(seed: 17)
        func noise(_ count: Int) -> JSON {
            let scalars = (0..<count).compactMap { _ in Unicode.Scalar(UInt32(dice.roll(0x20000...0x2A6D0))) }
            return .string(String(String.UnicodeScalarView(scalars)))
        }
        for count in [651, 700, 900, 2048] {
            #expect(try await shop.post("redirect", ["from": noise(count), "to": "x"]).pointers == ["/from"])
            #expect(
                try await shop.post("redirect", ["from": .string("a\(count)"), "to": noise(count)]).pointers == ["/to"])
        }
        let made = try await shop.post("redirect", ["from": noise(650), "to": noise(650)])
        #expect(made.status == 200)
        let path = "redirect/\(made.json["redirect_id"].integer)"
        #expect(try await shop.put(path, ["to": noise(651)]).status == 422)
        let batch = try await shop.post(
            "redirect/batch?mode=partial", [["method": "POST", "body": ["from": noise(900), "to": "y"]]])
        #expect(batch.status < 500)
    }

    /// Files whose every column of numbers is `#` in turn.
    private static let files: [(format: ImportFormat, header: String, row: String)] = [
        (
            .butikCSV,
            "own_id,name,price,sale_price,cost_price,purchase_price,shipping_weight,weight,stock,delivery_days,vat,bundle,mailing_list_ids,min_stock_value",
            "A,A,1,1,,1,1,1,1,,25,,,1"
        ),
        (
            .shopifyCSV,
            "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Position,Cost per item",
            "a,A,Size,S,A-1,1,1,1,2,1,1"
        ),
        (
            .wooCommerceCSV,
            "ID,Type,SKU,Name,Stock,Low stock amount,Weight (kg),Sale price,Regular price,Position,Backorders allowed?",
            "1,simple,W,W,1,1,1,1,2,1,1"
        ),
        (
            .fashionCSV,
            "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName",
            "1,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,Shirt"
        ),
    ]

    @Test func `no number of an import falls over or is stored out of its range`() async throws {
        let shop = try await TestShop.open()
        for file in Self.files {
            let known = try Self.known(file.format, file.header, shop)
            for column in known.indices {
                var rows = [known.map(\.name).joined(separator: ",")]
                for word in Self.words {
                    var cells = known.map(\.cell)
                    cells[column] = word.contains(",") ? "\"\(word)\"" : word
                    rows.append(cells.joined(separator: ","))
                }
                try await shop.importing(rows.joined(separator: "\n") + "\n", as: file.format)
            }
        }
        for word in Self.words {
            let value = JSON.string(word).serialized
            let lines = [
                #""stock":\#(value)"#, #""price":\#(value)"#, #""weight":\#(value)"#,
                #""mailing_list_ids":[\#(value)]"#,
                #""images":[{"url":"https://x.test/1.png","weight":\#(value)}]"#,
                #""bundle":[{"own_id":"J0","count":\#(value)}]"#,
                #""discount_intervals":[{"over":\#(value),"discount":1}]"#,
                #""profile":{"name":"P","attributes":[{"name":"A","values":[{"val":"v\#(word.count)","weight":\#(value)}]}]}"#,
                #""suppliers":[{"supplier":"S","min_order":\#(value),"purchase_price":\#(value),"weight":\#(value)}]"#,
            ]
            let file = lines.enumerated().map { #"{"own_id":"J\#($0.offset)","name":"J",\#($0.element)}"# }
            try await shop.importing(file.joined(separator: "\n"), as: .butikJSONL)
        }
        #expect(try await Self.broken(shop) == [])
        #expect(try await shop.findings() == [])
    }

    /// The columns of a file that the format has; those of butik-csv are refused where it does not.
    private static func known(
        _ format: ImportFormat, _ header: String, _ shop: TestShop
    ) throws -> [(name: String, cell: String)] {
        let row = files.first { $0.format == format }?.row ?? ""
        let all = zip(header.split(separator: ","), row.split(separator: ",", omittingEmptySubsequences: false))
            .map { (name: String($0), cell: String($1)) }
        guard format == .butikCSV else { return all }
        return all.filter { (try? format.records("own_id,\($0.name)\n1,1\n")) != nil || $0.name == "own_id" }
    }
}
