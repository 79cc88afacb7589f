import Basics
import Resources
import Support
import Testing

/// CONTRACT 4, "Conditional": ETags, 304 and 412.
@Suite struct ConditionalTests {
    private static func tag(_ reply: Reply) -> String { reply[header: "ETag"] ?? "" }

    @Test func `every object and every list has a strong tag that stays while nothing changes`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Tags")
        // A stream is sent before its end is known, so it has no tag.
        let tagged = Endpoint.everything.filter {
            $0.method == .get && $0.access != .open && $0.resource != "export"
        }
        for endpoint in tagged {
            let path = try furnished.path(endpoint)
            let first = try await furnished.shop.send("GET", path)
            let tag = Self.tag(first)
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count > 4, "\(endpoint.label): \(tag)")
            #expect(Self.tag(try await furnished.shop.send("GET", path)) == tag, "\(endpoint.label)")
            let none = try await furnished.shop.send("GET", path, headers: ["If-None-Match": tag])
            #expect(none.status == 304, "\(endpoint.label)")
            #expect(none.body.isEmpty, "\(endpoint.label)")
            #expect(Self.tag(none) == tag, "\(endpoint.label)")
            #expect(none[header: "Content-Type"] == nil, "\(endpoint.label)")
        }
    }

    @Test func `a change gives a new tag, to the object and to its lists`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("A")
        for path in ["product/\(id)", "product", "product?fields=name"] {
            let before = Self.tag(try await shop.get(path))
            try await shop.put("product/\(id)", ["name": .string("New for \(path)")])
            let reply = try await shop.get(path, headers: ["If-None-Match": before])
            #expect(reply.status == 200, "\(path)")
            #expect(Self.tag(reply) != before, "\(path)")
        }
    }

    @Test func `If-None-Match takes a list, a weak tag and a star`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("A")
        let tag = Self.tag(try await shop.get("product/\(id)"))
        for header in [tag, "W/\(tag)", "\"x\", \(tag)", "\"x\",\(tag),\"y\"", "*"] {
            let reply = try await shop.get("product/\(id)", headers: ["If-None-Match": header])
            #expect(reply.status == 304, "\(header)")
        }
        for header in ["\"x\"", "", tag + "x", String(tag.dropFirst().dropLast())] {
            let reply = try await shop.get("product/\(id)", headers: ["If-None-Match": header])
            #expect(reply.status == 200, "\(header)")
        }
    }

    @Test func `the tag of a selection is not the tag of the whole`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("A")
        let whole = Self.tag(try await shop.get("product/\(id)"))
        let part = try await shop.get("product/\(id)?fields=name", headers: ["If-None-Match": whole])
        #expect(part.status == 200)
        #expect(Self.tag(part) != whole)
    }

    @Test func `a write with the tag it was based on is made, and answers the next tag`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("A")
        let tag = Self.tag(try await shop.get("product/\(id)"))
        let put = try await shop.put("product/\(id)", ["name": "B"], headers: ["If-Match": tag])
        #expect(put.status == 200)
        let next = Self.tag(put)
        #expect(next != tag)
        #expect(next == Self.tag(try await shop.get("product/\(id)")))
        let patch = try await shop.send(
            "PATCH", "/REST/product/\(id)", ["name": "C"], headers: ["If-Match": "\"x\", \(next)"])
        #expect(patch.status == 200)
        let gone = try await shop.delete("product/\(id)", headers: ["If-Match": Self.tag(patch)])
        #expect(gone.status == 200)
    }

    @Test func `the tag of a created object is that of its GET`() async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("product", ["name": "A"])
        let id = made.json["product_id"].integer
        #expect(Self.tag(made) == Self.tag(try await shop.get("product/\(id)")))
        #expect(made.body == (try await shop.get("product/\(id)")).body)
    }

    @Test func `a write based on an older state is 412 and shows the object as it stands`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("A")
        let old = Self.tag(try await shop.get("product/\(id)"))
        try await shop.put("product/\(id)", ["name": "B"])
        for method in ["PUT", "PATCH", "DELETE"] {
            let body: JSON? = method == "DELETE" ? nil : ["name": "C"]
            let reply = try await shop.send(method, "/REST/product/\(id)", body, headers: ["If-Match": old])
            #expect(reply.status == 412, "\(method)")
            #expect(reply[header: "Content-Type"] == "application/problem+json", "\(method)")
            #expect(reply.code == "changed_meanwhile", "\(method)")
            #expect(reply.json["current"] == (try await shop.get("product/\(id)").json), "\(method)")
        }
        #expect(try await shop.get("product/\(id)").json["name"] == "B")
    }

    @Test func `a tag that is none matches nothing, and a star matches whatever is there`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("A")
        for header in ["\"\"", "\"x\"", "garbage", "\"9-abc\""] {
            let reply = try await shop.put("product/\(id)", ["name": "B"], headers: ["If-Match": header])
            #expect(reply.status == 412, "\(header)")
        }
        #expect(try await shop.put("product/\(id)", ["name": "B"], headers: ["If-Match": "*"]).status == 200)
        #expect(try await shop.put("product/0", ["name": "B"], headers: ["If-Match": "*"]).status == 404)
    }

    @Test func `orders and shops are guarded as products are`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Guarded")
        let order = "order/\(furnished.ids["order_id"] ?? 0)"
        let changes: [(path: String, change: JSON)] = [(order, ["comments": "First"]), ("shop", ["name": "First"])]
        for (path, change) in changes {
            let tag = Self.tag(try await furnished.shop.get(path))
            let first = try await furnished.shop.put(path, change, headers: ["If-Match": tag])
            #expect(first.status == 200, "\(path)")
            let second = try await furnished.shop.put(path, change, headers: ["If-Match": tag])
            #expect(second.status == 412, "\(path)")
            #expect(second.json["current"] == (try await furnished.shop.get(path).json), "\(path)")
        }
    }

    @Test func `of twenty writers with one tag only one wins`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("A")
        let tag = Self.tag(try await shop.get("product/\(id)"))
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...20 {
                group.addTask {
                    try await shop.put(
                        "product/\(id)", ["name": .string("Writer \(number)")], headers: ["If-Match": tag]
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [200] + Array(repeating: 412, count: 19))
    }
}
