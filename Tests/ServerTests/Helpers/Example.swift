import Areas
import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Values that a field takes and values that it does not, made from its declaration.
struct Example {
    let shop: TestShop
    /// Objects that fields may refer to, two of each kind, by the resource's path.
    private let referable: [String: [Int64]]

    static func make(in shop: TestShop) async throws -> Example {
        var referable: [String: [Int64]] = ["country": [Country.denmark, 1]]
        for path in [
            "brand", "manufacturer", "safety-profile", "supplier", "customer", "category", "shipping", "profile",
            "product",
        ] {
            for number in 1...2 {
                let name: JSON = .string("Referred \(number)")
                // What has no price can't be ordered.
                let body: JSON = path == "product" ? ["name": name, "price": 0] : ["name": name]
                let made = try await shop.post(path, body).json
                referable[path, default: []].append(made[made.names[0]].integer)
            }
        }
        for number in 1...2 {
            let body: JSON = ["name": .string("Referred \(number)"), "type": "manual"]
            let made = try await shop.post("payment-gateway", body).json
            referable["payment-gateway", default: []].append(made["payment_gateway_id"].integer)
        }
        for profile in referable["profile"] ?? [] {
            let made = try await shop.post("profile-attribute", ["name": "Size", "profile_id": .number(profile)]).json
            referable["profile-attribute", default: []].append(made["attribute_id"].integer)
        }
        return Example(shop: shop, referable: referable)
    }

    // MARK: Values it takes

    /// A value that is not the starting one; variants differ from each other.
    func value(_ field: FieldInfo, variant: Int) -> JSON {
        if let special = Self.special[field.name] { return special(self)[variant % 2] }
        if let target = field.reference?() { return .number(id(target.path, variant)) }
        if let target = field.referencesEach?() { return [.number(id(target.path, variant))] }
        if let choices = field.choices { return .string(choices[(variant + 1) % choices.count]) }
        let number = Int64(variant % 2 + 1)
        switch field.kind {
        case .integer, .integerAsText: return .number(number)
        case .flag, .flagAsText: return field.startingValue == .integer(1) ? [0, 1][variant % 2] : [1, 0][variant % 2]
        case .amount: return .number(JSONNumber(text: "1\(number).5"))
        case .decimal: return .number(JSONNumber(text: "\(number).25"))
        case .instant: return .string("2026-01-0\(number) 03:04:05")
        case .text, .link, .timed, .sealed: return .string("\(field.name) \u{e6}\u{1F600} \(variant)")
        case .json: return Self.json(field.shape, number)
        }
    }

    private static func json(_ shape: JSONShape, _ number: Int64) -> JSON {
        switch shape {
        case .ids: [.number(number)]
        case .texts: [.string("text \(number)")]
        case .list: [["title": "T", "type": "text", "id": .number(number), "value": false]]
        case .object: ["key": .number(number)]
        case .actor: ["type": "token", "id": .number(number), "name": "ERP"]
        case .any: ["any", .number(number)]
        }
    }

    /// Fields whose values must have a form of their own.
    private static let special: [String: @Sendable (Example) -> [JSON]] = [
        "email": { _ in ["ann@example.com", "bob@example.org"] },
        "currency": { _ in ["EUR", "SEK"] },
        "time_zone": { _ in ["Europe/London", "UTC"] },
        "origins": { _ in [["https://a.example"], ["https://b.example"]] },
        "ip_list": { _ in [["127.0.0.0/8"], ["127.0.0.1"]] },
        "domains": { _ in [["a.example"], ["b.example"]] },
        "rewrite_url": { _ in ["some/where-1", "some/where-2"] },
        "discount_intervals": { _ in [[["from": 3, "price": 80]], [["from": 5, "price": 70]]] },
        // Read loosely, so that it is no declared reference.
        "profile_id": { example in (0...1).map { .number(example.id("profile", $0)) } },
        "responsible_country_id": { _ in [.number(Country.denmark), 197] },
        "html_fields": { _ in [[["name": "Care", "html": "<p>30°</p>"]], [["name": "Fit", "html": ""]]] },
        "rule": { example in (0...1).map { ["brands": [.number(example.id("brand", $0))]] } },
        "sort_order": { _ in ["name", "-price"] },
        // A variant attribute needs a list, and both of these are.
        "data_type": { _ in ["color", "valuelist"] },
        "color": { _ in ["#ffcc00", "#00ccff"] },
        "url": { _ in ["https://a.example/hook", "https://b.example/hook"] },
        "events": { _ in [["order_created", "paid"], ["paid"]] },
        "from": { _ in ["old/1", "old/2"] },
        "to": { _ in ["new/1", "https://example.com/2"] },
        "code": { _ in [302, 308] },
        "group_prices": { _ in
            [[["group": "a", "from": 1, "price": 80]], [["group": "b", "from": 5, "price": 70]]]
        },
        "sale_to": { _ in ["2026-02-01 03:04:05", "2026-02-02 03:04:05"] },
        "prices": { _ in [[["country_id": 45, "price": 80]], [["weight_from": 1, "price": 70]]] },
        "bundle": { example in (0...1).map { [.number(example.id("product", $0))] } },
    ]

    func id(_ path: String, _ variant: Int) -> Int64 {
        let ids = referable[path] ?? []
        guard ids.indices.contains(variant % 2) else {
            Issue.record("there is no \(path) that an example could refer to")
            return 0
        }
        return ids[variant % 2]
    }

    /// A body with a value for every field a client may write.
    func body(_ info: ResourceInfo, variant: Int) -> JSONObject {
        JSONObject(info.writable.map { .init($0.name, value($0, variant: variant)) })
    }

    /// The least a create needs (CONTRACT 4, "Minimum bodies").
    func minimum(_ path: String) async throws -> JSON {
        switch path {
        case "payment-gateway": return ["name": "Least", "type": "manual"]
        case "token", "app": return ["name": "Least", "access_level": "read"]
        case "app-install":
            let app = try await shop.post("app", ["name": "Least", "access_level": "read"])
            return ["app_id": app.json["app_id"]]
        case "order":
            let product = id("product", 0)
            try await shop.put("stock/\(product)", ["adjust": 1])
            return ["products": [["product_id": .number(product), "amount": 1]]]
        case "stock-entry": return ["product_id": .number(id("product", 0)), "change": 1, "reason": "found"]
        case "redirect": return ["from": "old/least", "to": "new/least"]
        case "webhook": return ["name": "Least", "url": "https://least.example/hook", "events": ["product"]]
        case "product-supplier":
            return ["product_id": .number(id("product", 0)), "supplier_id": .number(id("supplier", 0))]
        case "profile-attribute": return ["name": "Least", "profile_id": .number(id("profile", 0))]
        case "profile-attribute-value": return ["val": "Least", "attribute_id": .number(id("profile-attribute", 0))]
        default: return ["name": "Least"]
        }
    }

    /// Two variants, each of a product of its own, that differ in all that a body may say of them.
    func variants() async throws -> [JSON] {
        let info = ProductVariant.info
        var shown: [JSON] = []
        for (number, profile) in (referable["profile"] ?? []).enumerated() {
            let attribute = try await shop.post(
                "profile-attribute", ["name": "Length", "profile_id": .number(profile), "is_variant": 1])
            let value = try await shop.post(
                "profile-attribute-value", ["val": "Long", "attribute_id": attribute.json["attribute_id"]])
            var row = body(info, variant: number)
            row.append("attribute_value_id", value.json["attribute_value_id"])
            let product = try await shop.post(
                "product", ["name": "Varied", "profile_id": .number(profile), "stock_settings": [.object(row)]])
            try #require(product.status == 200, "\(product.text)")
            let id = product.json["variants"][0]["variant_id"].integer
            shown.append(try await shop.get("variant/\(id)").json)
        }
        return shown
    }

    /// How the wire shows a value that a client wrote.
    static func shown(_ field: FieldInfo, _ value: JSON) -> JSON {
        switch (field.kind, value) {
        case (.integerAsText, .number(let number)), (.flagAsText, .number(let number)): .string(number.text)
        default: value
        }
    }

    // MARK: Values it does not take

    /// A value of another type, or nil where the field takes everything.
    static func wrong(_ field: FieldInfo) -> JSON? {
        switch field.kind {
        case .text, .link, .timed, .sealed: ["a": 1]
        case .integer, .integerAsText, .amount, .decimal: "abc"
        case .flag, .flagAsText: 2
        case .instant: "yesterday"
        case .json:
            if case .any = field.shape { nil } else { 5 }
        }
    }
}

extension ResourceInfo {
    /// A text that tells one row from another and may be changed.
    var title: String { ["name", "val", "to", "supplier_own_id"].first { field($0) != nil } ?? key }

    /// The fields a client may write.
    var writable: [FieldInfo] { fields.filter { !$0.isReadOnly } }

    static func at(_ path: String) throws -> ResourceInfo {
        try #require(House.documented.first { $0.path == path })
    }

    /// The paths of resources with plain routes for a verb.
    static func paths(_ verbs: Verb...) -> [String] {
        House.documented.filter { $0.path != "shop" && $0.verbs.isSuperset(of: verbs) }.map(\.path)
    }
}
