import Areas
import Basics
import Commerce
import Resources
import Server
import Support
import Testing

/// A token of one shop finds nothing of another, on any route (CONTRACT 1: one server hosts many shops).
@Suite struct EveryEndpointIsolationTests {
    private static let marker = "Xylograph"

    @Test func `no route shows or changes another shop's objects`() async throws {
        let owner = try await FurnishedShop.open(marker: Self.marker)
        let other = try await TestShop.open()
        let before = try await snapshot(of: owner)
        for endpoint in Endpoint.everything
        where endpoint.hasParameter && endpoint.resource != "country" && endpoint.access != .open {
            let reply = try await other.send(
                endpoint.method.rawValue, owner.path(endpoint), endpoint.isWrite ? owner.change(endpoint) : nil)
            #expect([403, 404].contains(reply.status), "\(endpoint.label): \(reply.status)")
            #expect(!reply.text.contains(Self.marker), "\(endpoint.label) shows another shop's text")
        }
        try await expectUnchanged(owner, before)
    }

    @Test func `no list shows another shop's rows`() async throws {
        let owner = try await FurnishedShop.open(marker: Self.marker)
        let other = try await TestShop.open()
        for endpoint in Endpoint.everything where endpoint.method == .get && !endpoint.hasParameter {
            let query = endpoint.listed == nil ? "" : "?limit=1000&envelope=1&include_removed=1"
            let reply = try await other.send("GET", owner.path(endpoint) + query)
            #expect(reply.status == 200, "\(endpoint.label)")
            #expect(!reply.text.contains(Self.marker), "\(endpoint.label) shows another shop's text")
        }
    }

    @Test func `filtering by another shop's id finds nothing`() async throws {
        let owner = try await FurnishedShop.open(marker: Self.marker)
        let other = try await TestShop.open()
        for info in House.documented where info.verbs.contains(.list) && info.isShopOwned {
            let id = try #require(owner.ids[info.key])
            let list = try await other.get("\(info.path)?\(info.key)=\(id)&envelope=1&limit=10").json
            #expect(list["paging"]["total"] == 0, "\(info.path)")
            let own = try await owner.shop.get("\(info.path)?\(info.key)=\(id)&envelope=1&limit=10").json
            #expect(own["paging"]["total"] == 1, "\(info.path)")
        }
    }

    @Test func `no batch reaches another shop's rows`() async throws {
        let owner = try await FurnishedShop.open(marker: Self.marker)
        let other = try await TestShop.open()
        let before = try await snapshot(of: owner)
        for endpoint in Endpoint.everything where endpoint.isBatch {
            let reply = try await other.send("POST", owner.path(endpoint) + "?mode=partial", owner.change(endpoint))
            let statuses = reply.json["results"].elements.map { $0["status"].integer }
            #expect(statuses.count == 2 && statuses.allSatisfy { [404, 422].contains($0) }, "\(endpoint.label)")
            #expect(!reply.text.contains(Self.marker), "\(endpoint.label)")
        }
        try await expectUnchanged(owner, before)
    }

    @Test func `no field takes the id of another shop's object`() async throws {
        let owner = try await FurnishedShop.open(marker: Self.marker)
        let other = try await FurnishedShop.open(marker: "Own")
        for info in House.documented where info.verbs.contains(.update) || info.path == "order" {
            let target = info.path == "shop" ? "shop" : "\(info.path)/\(try #require(other.ids[info.key]))"
            for field in info.fields where !field.isReadOnly {
                guard let to = (field.reference ?? field.referencesEach)?(), to.isShopOwned else { continue }
                let id = owner.id(to.key)
                let reply = try await other.shop.put(target, .member(field.name, field.reference == nil ? [id] : id))
                #expect(reply.status == 422, "\(info.path).\(field.name)")
                #expect(reply.pointers == ["/" + field.name], "\(info.path).\(field.name)")
            }
        }
    }

    @Test func `another shop's products are neither ordered, bundled nor counted`() async throws {
        let owner = try await FurnishedShop.open(marker: Self.marker)
        let other = try await TestShop.open()
        let before = try await snapshot(of: owner)
        let product = owner.id("product_id")
        let sku = JSON.string("SKU-\(Self.marker)")
        let attempts: [(path: String, body: JSON)] = [
            ("order", ["products": [["product_id": product, "amount": 1]]]),
            ("order", ["products": [["own_id": sku, "amount": 1]]]),
            ("product", ["name": "Bundle", "bundle": [product]]),
            ("product", ["name": "Bundle", "bundle": [["product_id": product, "count": 1]]]),
            ("stock", ["product_id": product, "count": 1]),
            ("stock", [["product_id": product, "adjust": 1]]),
            ("stock", ["own_id": sku, "count": 1]),
            ("stock-entry", ["product_id": product, "change": 1, "reason": "theft"]),
        ]
        for (path, body) in attempts {
            let reply = try await other.post(path, body)
            #expect([404, 422].contains(reply.status), "\(path) \(body.serialized): \(reply.text)")
        }
        try await expectUnchanged(owner, before)
    }

    // MARK: -

    /// Every answer the owner can read, by path; but for the list of apps, where approved ones of others come and go.
    private func snapshot(of furnished: FurnishedShop) async throws -> [String: String] {
        var answers: [String: String] = [:]
        for endpoint in Endpoint.everything
        where endpoint.method == .get && endpoint.access != .open && endpoint.listed?.path != "app" {
            let query = endpoint.listed != nil || endpoint.resource == "event" ? "?limit=1000" : ""
            let path = try furnished.path(endpoint)
            answers[path] = try await furnished.shop.send("GET", path + query).text
        }
        return answers
    }

    private func expectUnchanged(_ furnished: FurnishedShop, _ before: [String: String]) async throws {
        let after = try await snapshot(of: furnished)
        for (path, answer) in before { #expect(after[path] == answer, "\(path) has changed") }
    }
}
