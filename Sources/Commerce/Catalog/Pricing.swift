package import Persistence
package import Resources

/// What a product costs, as the shop has set it: the one place that knows how prices come about.
///
/// The shopper pays the least of what applies: the price, the sale price while it runs, the price of the customer's group,
/// each less the bulk discount from one more than `bulkOver` on; or the price of the highest tier reached, which holds for
/// all units. Fact sheet 4.5 and 4.6.
package struct Pricing: Sendable, Equatable {
    /// A unit price from a number of units on, for everybody or for a group of customers.
    package struct Tier: Sendable, Equatable {
        package let from: Int64
        package let price: Amount
        /// Empty for everybody.
        package let group: String

        package init(from: Int64, price: Amount, group: String = "") {
            self.from = from
            self.price = price
            self.group = group
        }
    }

    package var price: Amount
    package var sale: Amount?
    /// When the sale begins and ends; open where nil. The end is the first moment without it.
    package var saleFrom: Instant?
    package var saleTo: Instant?
    package var bulkOver: Int64?
    package var bulkDiscount: Amount?
    package var tiers: [Tier] = []
    package var groupPrices: [Tier] = []

    package init(price: Amount) {
        self.price = price
    }

    /// Which of the prices was the least.
    package enum Reason: String, Sendable {
        case price, sale, group, bulk, tier
    }

    /// What one unit costs for somebody who buys so many of them.
    /// - Parameters:
    ///   - amount: how many units of the product the order has in all its lines.
    ///   - group: the customer's group, empty for none.
    package func unit(_ amount: Int64, group: String, at now: Instant) -> (price: Amount, reason: Reason) {
        var best = (price: price, reason: Reason.price)
        func offer(_ price: Amount?, _ reason: Reason) {
            if let price, price < best.price { best = (price, reason) }
        }
        if isOnSale(at: now) { offer(sale, .sale) }
        if !group.isEmpty { offer(Self.reached(groupPrices.filter { $0.group == group }, amount), .group) }
        if let bulkOver, let bulkDiscount, amount > bulkOver {
            offer(Amount(max(0, best.price.minor - bulkDiscount.minor)), .bulk)
        }
        offer(Self.reached(tiers, amount), .tier)
        return best
    }

    private func isOnSale(at now: Instant) -> Bool {
        (saleFrom.map { $0 <= now } ?? true) && (saleTo.map { now < $0 } ?? true)
    }

    private static func reached(_ tiers: [Tier], _ amount: Int64) -> Amount? {
        tiers.filter { $0.from <= amount }.max { $0.from < $1.from }?.price
    }
}

extension Pricing {
    /// The columns of a product that it is read from, in the order that `init` expects.
    static let columns = """
        price, sale_price, sale_from, sale_to, bulk_discount_over, bulk_discount, discount_intervals, group_prices
        """

    init(_ row: Row, from first: Int, for tenant: Tenant) throws {
        price = Amount(row.integer(first) ?? 0)
        sale = row.integer(first + 1).map(Amount.init)
        saleFrom = row.integer(first + 2).map { Instant(milliseconds: $0) }
        saleTo = row.integer(first + 3).map { Instant(milliseconds: $0) }
        bulkOver = row.integer(first + 4)
        bulkDiscount = row.integer(first + 5).map(Amount.init)
        tiers = try PriceRows.tiers(JSONText(row.text(first + 6) ?? "[]"), price, for: tenant)
        groupPrices = try PriceRows.groupPrices(JSONText(row.text(first + 7) ?? "[]"), for: tenant)
    }
}

/// The two lists of prices a product carries, as bodies write them and as they are kept: tidied and in order.
enum PriceRows {
    static let unitPriceMax: Int64 = 10_000_000_000
    private static let rowsMax = 200

    /// `discount_intervals`: `{from, price}`, or `{over, discount}` as the older form has it (fact sheet 4.5).
    static func tiers(_ text: JSONText, _ price: Amount, for tenant: Tenant) throws -> [Pricing.Tier] {
        try rows(text, "discount_intervals", tenant) { reader, object in
            if object["price"] == nil, object["discount"] != nil {
                let over = reader.integer("over", 0...1_000_000)
                let discount = reader.amount("discount", 0...unitPriceMax)
                guard let over, let discount else { return nil }
                return Pricing.Tier(from: over + 1, price: Amount(max(0, price.minor - discount.minor)))
            }
            return tier(&reader, group: "")
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
                    var price = JSONWriter(capacity: 24)
                    price.decimal(tier.price.minor, places: tenant.currency.digits)
                    var row = JSONObject()
                    if !tier.group.isEmpty { row.append("group", .string(tier.group)) }
                    row.append("from", .number(JSONNumber(tier.from)))
                    row.append("price", .number(JSONNumber(text: price.text)))
                    return .object(row)
                }
            ).serialized)
    }

    private static func tier(_ reader: inout MemberReader, group: String, isOpen: Bool = false) -> Pricing.Tier? {
        let from = reader.integer("from", 1...1_000_000)
        let price = reader.amount("price", 0...unitPriceMax)
        if from == nil, !isOpen, reader.errors.isEmpty { reader.report("from", "required", "is required") }
        if price == nil, reader.errors.isEmpty { reader.report("price", "required", "is required") }
        return price.map { Pricing.Tier(from: from ?? 1, price: $0, group: group) }
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
