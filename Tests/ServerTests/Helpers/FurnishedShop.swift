import Areas
import Basics
import Commerce
import Resources
import Server
import Support
import Testing

/// A shop with one object of every resource, each with the shop's marker in its text.
struct FurnishedShop {
    let shop: TestShop
    let marker: String
    /// Ids by the name they have in paths: `product_id`, `event_id`, ….
    private(set) var ids: [String: Int64] = [:]
    /// The addresses of what the public sees.
    private var addresses: [String: String] = [:]

    static func open(marker: String, on server: TestServer? = nil) async throws -> FurnishedShop {
        let shop = try await TestShop.open(on: server) { $0.name = "Shop \(marker)" }
        var furnished = FurnishedShop(shop: shop, marker: marker)
        try await furnished.furnish()
        return furnished
    }

    private mutating func furnish() async throws {
        let name = JSON.string("Thing \(marker)")
        for path in [
            "brand", "manufacturer", "safety-profile", "supplier", "customer", "category", "shipping", "profile",
            "product-label", "order-label", "landing-page",
        ] {
            try await make(path, ["name": name])
        }
        try await make("redirect", ["from": .string("old-\(marker)"), "to": .string("new-\(marker)")])
        try await make("profile-attribute", ["name": name, "profile_id": id("profile_id")])
        try await make("profile-attribute-value", ["val": name, "attribute_id": id("attribute_id")])
        try await make("payment-gateway", ["name": name, "type": "invoice"])
        try await make("app", ["name": name, "access_level": "read"])
        try await make("app-install", ["app_id": id("app_id")])
        try await make("webhook", ["name": name, "url": "https://hooks.example/x", "events": ["product"]])
        ids["webhook_delivery_id"] = try await shop.post("webhook/\(ids["webhook_id"] ?? 0)/ping", [:])
            .json["webhook_delivery_id"].integer
        try await make("token", ["name": name, "access_level": "read"])
        try await make(
            "product",
            [
                "name": name, "own_id": .string("SKU-\(marker)"), "price": 100, "brand_id": id("brand_id"),
                "supplier_id": id("supplier_id"), "categories": .array([id("category_id")]),
            ])
        ids["stock_id"] = ids["product_id"]
        try await make(
            "product-supplier",
            ["product_id": id("product_id"), "supplier_id": id("supplier_id"), "supplier_own_id": name])
        try await addVariant(name)
        try await addMedia()
        try await make("stock-entry", ["product_id": id("product_id"), "change": 50, "reason": name])
        try await make(
            "order",
            [
                "products": [["product_id": id("product_id"), "amount": 1]], "comments": name,
                "customer_id": id("customer_id"), "shipping_id": id("shipping_id"),
            ])
        ids["label"] = 4711
        try await shop.post("order/\(ids["order_id"] ?? 0)/label", ["label": "4711"])
        let file = Array(#"{"own_id":"FILE-\#(marker)","name":"Thing \#(marker)","price":1}"#.utf8)
        let made = try await shop.bytes("POST", "/REST/import?format=butik-jsonl", file)
        ids["import_id"] = made.json["import_id"].integer
        ids["mail_id"] = try await shop.write(MailDraft(.invitation, to: "a@b.test", ["shop": marker]))
        ids["audit_id"] = try await shop.get("audit?limit=1&resource=shop").json["audit"][0]["audit_id"].integer
        ids["country_id"] = Country.denmark
        ids["event_id"] = try await shop.get("event?limit=1&resource=product").json["events"][0]["event_id"].integer
    }

    /// A product that is sold in one size.
    private mutating func addVariant(_ name: JSON) async throws {
        let profile = try await shop.post("profile", ["name": name]).json["profile_id"]
        let size = try await shop.post(
            "profile-attribute", ["name": name, "profile_id": profile, "is_variant": 1]
        ).json["attribute_id"]
        let value = try await shop.post("profile-attribute-value", ["val": name, "attribute_id": size]).json
        let made = try await shop.post(
            "product",
            [
                "name": name, "price": 100, "profile_id": profile,
                "stock_settings": [["attribute_value_id": value["attribute_value_id"], "mpn": name]],
            ])
        ids["variant_id"] = made.json["variants"][0]["variant_id"].integer
    }

    /// An image and a document of the product.
    private mutating func addMedia() async throws {
        let product = "product/\(ids["product_id"] ?? 0)"
        let image = try await shop.post(product + "/image", ["data": .string(Picture.png(8, 6).base64)])
        try #require(image.status == 200, "\(image.text)")
        ids["image_id"] = Int64(image.json["image_id"].text)
        let file = try await shop.post(
            product + "/file", ["data": .string(Picture.pdf.base64), "filename": "manual.pdf"])
        try #require(file.status == 200, "\(file.text)")
        ids["product_file_id"] = file.json["product_file_id"].integer
        for row in [image, file] {
            let path = row.json["url"].text.dropFirst(TestServer.publicURL.count)
            addresses[path.hasPrefix("/cache/") ? "/cache/{path}" : "/download-pdf"] = String(path)
        }
    }

    private mutating func make(_ path: String, _ body: JSON) async throws {
        let key = try #require(House.documented.first { $0.path == path }?.key)
        let reply = try await shop.post(path, body)
        try #require(reply.status == 200, "\(path): \(reply.text)")
        ids[key] = reply.json[key].integer
    }

    func id(_ name: String) -> JSON { .number(ids[name] ?? 0) }

    /// The address of an endpoint with the ids of this shop's objects in it, or with another text in their place.
    func path(_ endpoint: Endpoint, id: String? = nil) throws -> String {
        if id == nil, let address = addresses[endpoint.template] { return address }
        return try endpoint.path.reduce(into: "") { path, segment in
            switch segment {
            case .literal(let word): path += "/" + word
            case .rest(let name): path += "/" + (try #require(id, "the furnished shop has no \(name)"))
            case .parameter(let name):
                path += "/" + (try id ?? String(#require(ids[name], "the furnished shop has no \(name)")))
            }
        }
    }

    /// A change that the endpoint would make to an object of this shop.
    func change(_ endpoint: Endpoint) -> JSON {
        let members: JSON = [
            "name": "Taken", "to": "taken", "comments": "Taken", "count": 3, "products": [], "label": "Taken",
        ]
        guard endpoint.isBatch else { return members }
        let key = House.documented.first { $0.path == endpoint.resource }?.key ?? ""
        return [
            ["method": "PUT", "id": id(key), "body": members], ["method": "DELETE", "id": id(key)],
        ]
    }
}

extension Endpoint {
    /// `GET /REST/product/{product_id}`
    var label: String { "\(method.rawValue) \(template)" }

    /// `product` of `/REST/product/{product_id}`.
    var resource: String {
        if path.count > 1, case .literal(let word) = path[1] { word } else { "" }
    }

    var isBatch: Bool { path.last == .literal("batch") }

    var hasParameter: Bool {
        path.contains { if case .literal = $0 { false } else { true } }
    }

    var level: AccessLevel? {
        if case .token(let level) = access { level } else { nil }
    }

    /// The resource whose plain list this is.
    var listed: ResourceInfo? {
        guard method == .get, path.count == 2 else { return nil }
        return House.documented.first { $0.path == resource && $0.verbs.contains(.list) }
    }

    /// Everything that serves, but for what apps ask with a token of their own (`AppInstallTests`).
    static let everything = ButikServer.endpoints.filter { $0.access != .app }
}

extension String {
    /// Everything but letters and digits escaped, for the value of a query parameter.
    var escaped: String {
        utf8.reduce(into: "") { text, byte in
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber {
                text.append(character)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension TestShop {
    /// A request without a token, or with whatever the headers carry.
    func anonymous(
        _ method: String, _ path: String, _ body: [UInt8] = [], headers: [String: String] = [:]
    ) async throws -> Reply {
        let reply = try await HTTP.send(method, path, body: body, headers: headers, port: server.port)
        Contract.check(reply, method, path)
        return reply
    }

    /// Bytes as a body, with a token.
    @discardableResult
    func bytes(
        _ method: String, _ path: String, _ body: [UInt8], headers: [String: String] = [:]
    ) async throws -> Reply {
        var all = ["Authorization": "Bearer \(token(.all))", "Content-Type": "application/json"]
        all.merge(headers) { _, new in new }
        return try await anonymous(method, path, body, headers: all)
    }
}

extension JSON {
    /// An object of one member.
    static func member(_ name: String, _ value: JSON) -> JSON {
        .object(JSONObject([JSONObject.Member(name, value)]))
    }
}
