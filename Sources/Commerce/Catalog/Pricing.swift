package import Basics
import Persistence
package import Resources

/// What a product costs, as the shop has set it: the one place that knows how prices come about.
///
/// The shopper pays the least of what applies: the price, the sale price while it runs, the price of the customer's group,
/// each less the bulk discount from one more than `bulkOver` on; or what the highest tier reached gives, which holds for
/// all units. A discount that is not less than what it is taken off is none. Fact sheet 4.5 and 4.6.
package struct Pricing: Sendable, Equatable {
    /// What every unit costs from a number of units on, for everybody or for a group of customers.
    package struct Tier: Sendable, Equatable {
        package enum Offer: Sendable, Equatable {
            case price(Amount)
            /// What is taken off the price, whatever that is by then.
            case discount(Amount)
        }

        package let from: Int64
        package let offer: Offer
        /// Empty for everybody.
        package let group: String

        package init(from: Int64, _ offer: Offer, group: String = "") {
            self.from = from
            self.offer = offer
            self.group = group
        }

        var isDiscount: Bool { if case .discount = offer { true } else { false } }
    }

    package var price: Amount
    /// Whether a price was said at all, 0 too. What has none is not for sale.
    package var isPriced = true
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
        /// There is none.
        case unpriced
    }

    /// What one unit costs for somebody who buys so many of them.
    /// - Parameters:
    ///   - amount: how many units of the product the order has in all its lines.
    ///   - group: the customer's group, empty for none.
    package func unit(_ amount: Int64, group: String, at now: Instant) -> (price: Amount, reason: Reason) {
        guard isPriced else { return (.zero, .unpriced) }
        var best = (price: price, reason: Reason.price)
        func offer(_ price: Amount?, _ reason: Reason) {
            if let price, price < best.price { best = (price, reason) }
        }
        if isOnSale(at: now) { offer(sale, .sale) }
        if !group.isEmpty { offer(reached(groupPrices.filter { $0.group == group }, amount), .group) }
        if let bulkOver, let bulkDiscount, amount > bulkOver { offer(best.price.less(bulkDiscount), .bulk) }
        offer(reached(tiers, amount), .tier)
        return best
    }

    private func isOnSale(at now: Instant) -> Bool {
        (saleFrom.map { $0 <= now } ?? true) && (saleTo.map { now < $0 } ?? true)
    }

    /// What the highest of the tiers gives that a number of units reaches and that gives anything.
    private func reached(_ tiers: [Tier], _ amount: Int64) -> Amount? {
        var highest: (from: Int64, price: Amount)?
        for tier in tiers where tier.from <= amount && tier.from > highest?.from ?? 0 {
            let given: Amount? =
                switch tier.offer {
                case .price(let price): price
                case .discount(let discount): price.less(discount)
                }
            if let given { highest = (tier.from, given) }
        }
        return highest?.price
    }
}

extension Amount {
    /// The rest after a discount; nil where there would be none, because a discount gives nothing away.
    fileprivate func less(_ discount: Amount) -> Amount? {
        discount < self ? Amount(minor - discount.minor) : nil
    }
}

extension Pricing {
    /// The columns of a product that it is read from.
    static let columnNames = [
        "price", "sale_price", "sale_from", "sale_to", "bulk_discount_over", "bulk_discount", "discount_intervals",
        "group_prices", "is_priced",
    ]
    static let columns = columnNames.joined(separator: ", ")

    init(_ row: Row, for tenant: Tenant) throws {
        price = try row.amount("price") ?? .zero
        sale = try row.amount("sale_price")
        saleFrom = try row["sale_from"]
        saleTo = try row["sale_to"]
        bulkOver = try row["bulk_discount_over"]
        bulkDiscount = try row.amount("bulk_discount")
        tiers = try PriceRows.storedTiers(JSONText(row["discount_intervals"]), for: tenant)
        groupPrices = try PriceRows.storedGroupPrices(JSONText(row["group_prices"]), for: tenant)
        isPriced = try row["is_priced"]
    }
}

extension Pricing {
    /// The same for a variant. One with a price has a sale price of its own, or none. One that costs something else than the
    /// product has no tier or group price, which are prices of the product; what is a discount is taken off its own price.
    func of(_ variant: SoldVariant?) -> Pricing {
        guard let variant else { return self }
        return of(price: variant.price, sale: variant.salePrice)
    }

    /// - Parameters:
    ///   - price: the variant's own, nil where it has none.
    ///   - sale: its own sale price.
    func of(price: Amount?, sale: Amount?) -> Pricing {
        var pricing = self
        if let price {
            (pricing.price, pricing.isPriced) = (price, true)
            pricing.sale = nil
            if !isPriced || price != self.price {
                pricing.tiers = tiers.filter(\.isDiscount)
                pricing.groupPrices = []
            }
        }
        if let sale { pricing.sale = sale }
        return pricing
    }
}

extension Pricing {
    /// That of a product of which none was said.
    static let none: Pricing = {
        var pricing = Pricing(price: .zero)
        pricing.isPriced = false
        return pricing
    }()

    /// That of a product as it is about to be stored.
    init(_ product: Product, for tenant: Tenant) throws {
        price = product.price
        isPriced = product.isPriced
        sale = product.salePrice
        (saleFrom, saleTo) = (product.saleFrom, product.saleTo)
        (bulkOver, bulkDiscount) = (product.bulkDiscountOver, product.bulkDiscount)
        tiers = try PriceRows.storedTiers(product.discountIntervals, for: tenant)
        groupPrices = try PriceRows.storedGroupPrices(product.groupPrices, for: tenant)
    }
}

extension Row {
    /// An amount in minor units; nil where the column is null.
    func amount(_ column: StaticString) throws -> Amount? {
        (try self[column] as Int64?).map(Amount.init)
    }
}
