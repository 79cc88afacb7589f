import Basics
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
        try rows(text, "discount_intervals", tenant, tierOrDiscount)
    }

    /// `group_prices`: `{group, price, from?}`.
    static func groupPrices(_ text: JSONText, for tenant: Tenant) throws -> [Pricing.Tier] {
        try rows(text, "group_prices", tenant, groupPrice)
    }

    /// The same of rows that are kept. What was let in by older rules and cannot be read now is passed over, and of rows that
    /// have become one the first holds: a product must not be unsold for it.
    static func storedTiers(_ text: JSONText, for tenant: Tenant) throws -> [Pricing.Tier] {
        read(try text.rows, "discount_intervals", tenant, tierOrDiscount).tiers
    }

    /// The same of `group_prices`.
    static func storedGroupPrices(_ text: JSONText, for tenant: Tenant) throws -> [Pricing.Tier] {
        read(try text.rows, "group_prices", tenant, groupPrice).tiers
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

    private static func tierOrDiscount(_ reader: inout MemberReader, _ object: JSONObject) -> Pricing.Tier? {
        object["price"] == nil && object["discount"] != nil ? discount(&reader) : tier(&reader, group: "")
    }

    private static func groupPrice(_ reader: inout MemberReader, _ object: JSONObject) -> Pricing.Tier? {
        let group = reader.key("group", 255) ?? ""
        if group.isEmpty, reader.errors.isEmpty { reader.report("group", "required", "is required") }
        return tier(&reader, group: group, isOpen: object["from"] == nil)
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
        let (tiers, errors) = self.read(
            try text.json.elements(at: "/" + name, atMost: rowsMax), name, tenant, read)
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return tiers
    }

    /// The rows that can be read, in order, and what is wrong with others.
    private static func read(
        _ elements: [JSON], _ name: String, _ tenant: Tenant,
        _ read: (inout MemberReader, JSONObject) -> Pricing.Tier?
    ) -> (tiers: [Pricing.Tier], errors: [Problem.FieldError]) {
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
            if tiers.contains(where: { $0.from == tier.from && $0.group.isExactly(tier.group) }) {
                let member = ["from", "over", "group"].first { object[$0] != nil } ?? "from"
                errors.append(.init("\(pointer)/\(member)", "duplicate", "has a price already"))
            } else {
                tiers.append(tier)
            }
        }
        return (tiers.sorted { ($0.group, $0.from) < ($1.group, $1.from) }, errors)
    }
}

extension JSONText {
    fileprivate var rows: [JSON] {
        get throws {
            guard self != .emptyList, case .array(let elements) = try json else { return [] }
            return elements
        }
    }
}
