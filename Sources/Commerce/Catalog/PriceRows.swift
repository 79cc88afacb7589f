import Resources

/// The two lists of prices a product carries, as bodies write them and as they are kept: tidied and in order.
enum PriceRows {
    /// As of every price; what is kept is read by the rules of a body.
    private static let priceMax: Int64 = 1_000_000_000_000
    /// One more than the most a discount can be `over`.
    private static let fromMax: Int64 = 1_000_001
    private static let rowsMax = 200

    /// `discount_intervals`: `{from, price}`, or `{over, discount}`, which is taken off the price (fact sheet 4.5).
    static func tiers(_ text: JSONText, for tenant: Tenant) throws -> [Pricing.Tier] {
        try rows(text, "discount_intervals", tenant) { reader, object in
            object["price"] == nil && object["discount"] != nil ? discount(&reader) : tier(&reader, group: "")
        }
    }

    /// `group_prices`: `{group, price, from?}`.
    static func groupPrices(_ text: JSONText, for tenant: Tenant) throws -> [Pricing.Tier] {
        try rows(text, "group_prices", tenant) { reader, object in
            let group = reader.key("group", 255) ?? ""
            if group.isEmpty, reader.errors.isEmpty { reader.report("group", "required", "is required") }
            return tier(&reader, group: group, isOpen: object["from"] == nil)
        }
    }

    /// The rows as they are kept.
    static func text(_ tiers: [Pricing.Tier], for tenant: Tenant) -> JSONText {
        JSONText(
            JSON.array(
                tiers.map { tier in
                    var row = JSONObject()
                    if !tier.group.isEmpty { row.append("group", .string(tier.group)) }
                    switch tier.offer {
                    case .price(let price):
                        row.append("from", .number(JSONNumber(tier.from)))
                        row.append("price", money(price, tenant))
                    case .discount(let discount):
                        row.append("over", .number(JSONNumber(tier.from - 1)))
                        row.append("discount", money(discount, tenant))
                    }
                    return .object(row)
                }
            ).serialized)
    }

    private static func money(_ amount: Amount, _ tenant: Tenant) -> JSON {
        var writer = JSONWriter(capacity: 24)
        writer.decimal(amount.minor, places: tenant.currency.digits)
        return .number(JSONNumber(text: writer.text))
    }

    private static func tier(_ reader: inout MemberReader, group: String, isOpen: Bool = false) -> Pricing.Tier? {
        let from = reader.integer("from", 1...fromMax)
        let price = reader.amount("price", 0...priceMax)
        if from == nil, !isOpen, reader.errors.isEmpty { reader.report("from", "required", "is required") }
        if price == nil, reader.errors.isEmpty { reader.report("price", "required", "is required") }
        return price.map { Pricing.Tier(from: from ?? 1, .price($0), group: group) }
    }

    private static func discount(_ reader: inout MemberReader) -> Pricing.Tier? {
        let over = reader.integer("over", 0...fromMax - 1)
        let discount = reader.amount("discount", 0...priceMax)
        if over == nil, reader.errors.isEmpty { reader.report("over", "required", "is required") }
        if discount == nil, reader.errors.isEmpty { reader.report("discount", "required", "is required") }
        guard let over, let discount else { return nil }
        return Pricing.Tier(from: over + 1, .discount(discount))
    }

    private static func rows(
        _ text: JSONText, _ name: String, _ tenant: Tenant,
        _ read: (inout MemberReader, JSONObject) -> Pricing.Tier?
    ) throws -> [Pricing.Tier] {
        if text == .emptyList { return [] }
        let elements = try text.json.elements(at: "/" + name, atMost: rowsMax)
        var errors: [Problem.FieldError] = []
        var tiers: [Pricing.Tier] = []
        for (index, element) in elements.enumerated() {
            let pointer = "/\(name)/\(index)"
            guard case .object(let object) = element else {
                errors.append(.init(pointer, "type", "must be an object with a price"))
                continue
            }
            var reader = MemberReader(object, at: pointer, tenant)
            let tier = read(&reader, object)
            errors += reader.errors
            guard let tier, reader.errors.isEmpty else { continue }
            if tiers.contains(where: { $0.from == tier.from && $0.group == tier.group }) {
                errors.append(.init(pointer + "/from", "duplicate", "has a price already"))
            }
            tiers.append(tier)
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return tiers.sorted { ($0.group, $0.from) < ($1.group, $1.from) }
    }
}
