package import Basics
import Persistence
package import Resources

/// Placing an order: prices, freight, VAT, stock, lines and number, all in one transaction.
package enum PlaceOrder {
    package static let endpoints: [Endpoint] = [place, batch]

    private static let place = Endpoint(
        .post, "/REST/order", .token(.write), "create_order",
        "Places an order: computes its prices and VAT and takes its stock, or stores nothing.",
        Documentation(tag: "order", answer: Order.info.schemaReference), takes: OrderPlacement.self
    ) { placement, _, tx in try run(placement, tx).answer }

    private static let batch: Endpoint = {
        var batch = BatchWrite()
        batch.create = { body, call, tx in try run(call.read(OrderPlacement.self, body), tx).answer }
        batch.update = ChangeOrder.put
        return batch.endpoint(for: Order.info, access: .token(.write))
    }()

    /// Places an order as a body describes it.
    @discardableResult
    package static func run(_ body: JSONObject, _ tx: Transaction) throws -> Written<Order> {
        try run(OrderPlacement(body, for: tx.tenant), tx)
    }

    @discardableResult
    static func run(_ placement: OrderPlacement, _ tx: Transaction) throws -> Written<Order> {
        var order = try draft(placement, tx)
        let customer = try order.customerID.flatMap { try tx.findAll(Customer.self, [$0]).first }
        let wishes = try OrderWish.all(of: placement.lines, group: customer?.group ?? "", in: tx)
        addresses(&order, customer, in: tx)
        let treatment = try VATTreatment.of(order, in: tx)
        let sold = wishes.map { Sold($0, treatment, tx.tenant) }
        order.shippingPrice = try placement.shippingPrice ?? freight(of: order, sold, treatment, in: tx)
        let lines = try lines(of: order, sold, treatment, in: tx)
        // What is gone already is taken whatever there is.
        let mayFallShort = placement.stockPolicy == .ignore
        try OrderStock(lines.lines, wishes, mayFallShort: mayFallShort).carryOut(in: tx)
        order = lines.order
        if order.paid { try Invoice.give(to: &order, in: tx) }
        let written = try tx.insert(order) {
            [try tx.insertAll(lines.lines, embeddedBy: "order_id") { "/products/\($0)" }]
        }
        if order.paid { tx.record("paid", "order", written.id, written.version, written.json) }
        return written
    }

    private static func draft(_ placement: OrderPlacement, _ tx: Transaction) throws -> Order {
        var order = try placement.order.value(try tx.newID(Order.self), in: tx)
        guard order.status.isOpen else {
            throw Problem.invalid("/status", "status", "a new order cannot be \(order.status.rawValue)")
        }
        if let time = placement.time, time > tx.now {
            throw Problem.invalid("/time", "future", "must not be in the future")
        }
        // Zones are known from then on, and no order of a shop is older.
        if let time = placement.time, time.milliseconds < 0 {
            throw Problem.invalid("/time", "range", "must not be before 1970")
        }
        // Not from a block that one connection holds, or a later order could get the lower number.
        order.number = try tx.db.orderedIDs(Shop.orderNumbers(of: tx.shop), 1).first ?? 0
        order.currency = tx.tenant.currency.code
        order.pricesIncludeVAT = tx.tenant.pricesIncludeVAT
        order.placed = placement.time
        return order
    }

    /// The customer fills an empty billing address; the billing address fills an empty delivery address.
    private static func addresses(_ order: inout Order, _ customer: Customer?, in tx: Transaction) {
        if let customer, order.orderName.isEmpty {
            order.orderName = customer.name
            order.orderCompanyName = customer.companyName
            order.orderAddress = customer.address
            order.orderZipcode = customer.zipcode
            order.orderCity = customer.city
            if order.orderCountryID == 0 { order.orderCountryID = customer.countryID }
            if order.email.isEmpty { order.email = customer.email }
            if order.phone.isEmpty { order.phone = customer.phone }
            if order.eanNumber.isEmpty { order.eanNumber = customer.eanNumber }
        }
        // Whoever it is billed to, the buyer is the customer.
        if let customer, order.vatNumber.isEmpty { order.vatNumber = customer.vatNumber }
        if order.orderCountryID == 0 { order.orderCountryID = tx.tenant.countryID }
        guard order.deliveryName.isEmpty, order.deliveryAddress.isEmpty else {
            if order.deliveryCountryID == 0 { order.deliveryCountryID = order.orderCountryID }
            return
        }
        order.deliveryName = order.orderName
        order.deliveryCompanyName = order.orderCompanyName
        order.deliveryAddress = order.orderAddress
        order.deliveryZipcode = order.orderZipcode
        order.deliveryCity = order.orderCity
        if order.deliveryCountryID == 0 { order.deliveryCountryID = order.orderCountryID }
    }

    /// A line with what its buyer pays.
    private struct Sold {
        let wish: OrderWish
        /// As it would be at home, for rules that speak in the shop's prices.
        let atHome: Totals.Line
        let line: Totals.Line

        init(_ wish: OrderWish, _ treatment: VATTreatment, _ tenant: Tenant) {
            let usual = Percentage(hundredths: tenant.vatRate)
            let home = wish.product.vatRate ?? usual
            self.wish = wish
            atHome = Totals.Line(unitPrice: wish.unitPrice, amount: wish.amount, rate: home)
            line = Totals.Line(
                unitPrice: wish.isOverride
                    ? wish.unitPrice
                    : treatment.paid(wish.unitPrice, at: home, pricesIncludeVAT: tenant.pricesIncludeVAT),
                amount: wish.amount, rate: treatment.rate(own: wish.product.vatRate, usual: usual))
        }
    }

    /// What freight costs: what the method says, else nothing. As a price of the shop's it is paid as the goods are.
    private static func freight(
        of order: Order, _ sold: [Sold], _ treatment: VATTreatment, in tx: Transaction
    ) throws -> Amount {
        guard let price = try price(of: order, sold.map(\.wish), in: tx) else { return .zero }
        let rate = Totals.mainRate(of: sold.map(\.atHome)) ?? Percentage(hundredths: tx.tenant.vatRate)
        return treatment.paid(price, at: rate, pricesIncludeVAT: order.pricesIncludeVAT)
    }

    /// What the order's way to deliver costs in the shop's prices; nil where it has none.
    private static func price(of order: Order, _ wishes: [OrderWish], in tx: Transaction) throws -> Amount? {
        guard let id = order.shippingID else { return nil }
        guard let method = try tx.findAll(ShippingMethod.self, [id]).first else {
            throw Problem.invalid("/shipping_id", "unknown_shipping", "names no shipping of this shop")
        }
        guard try method.delivers(to: order.deliveryCountryID) else {
            throw Problem.invalid("/shipping_id", "country", "does not deliver to that country")
        }
        let goods = wishes.reduce(Int64(0)) { $0.addingClamped($1.unitPrice.minor.multipliedClamped(by: $1.amount)) }
        let weight = wishes.reduce(Int64(0)) {
            $0.addingClamped($1.weight.multipliedClamped(by: $1.amount))
        }
        var priced = method
        if wishes.contains(where: { $0.product.neverFreeShipping }) { priced.freeAbove = nil }
        return try priced.price(to: order.deliveryCountryID, goods: Amount(goods), weight: weight, for: tx.tenant)
    }

    private static func lines(
        of order: Order, _ sold: [Sold], _ treatment: VATTreatment, in tx: Transaction
    ) throws -> (order: Order, lines: [OrderLine]) {
        var order = order
        let usual = treatment.rate(own: nil, usual: Percentage(hundredths: tx.tenant.vatRate))
        let totals: Totals
        do throws(Totals.TooLarge) {
            totals = try Totals(
                lines: sold.map(\.line), shipping: order.shippingPrice, defaultRate: usual,
                pricesIncludeVAT: order.pricesIncludeVAT)
        } catch {
            throw Problem.invalid("/products", "too_large", "is worth more than an order can be")
        }
        order.price = totals.goods
        order.vat = totals.vat
        order.totalPrice = totals.total
        order.shippingVAT = totals.shippingVAT
        order.shippingVATRate = totals.shippingRate
        order.isReverseCharge = treatment == .reverseCharge
        order.isExport = treatment == .export
        let lines = try sold.enumerated().map { index, sold in
            let (wish, line) = (sold.wish, sold.line)
            return OrderLine(
                id: try tx.newID(OrderLine.self), orderID: order.id, productID: wish.product.id,
                variantID: wish.variant?.id, ownID: wish.variant?.ownID ?? wish.product.ownID, name: wish.product.name,
                variantName: wish.variant?.name, amount: line.amount, unitPrice: line.unitPrice,
                priceOverride: wish.isOverride, vatRate: line.rate, vat: totals.lineVATs[index],
                total: totals.lineTotals[index],
                purchasePrice: wish.variant?.purchasePrice ?? wish.product.purchasePrice, attributes: wish.attributes,
                bundle: BundlePart.json(wish.parts), pieces: OrderStock.pieces(wish.parts))
        }
        return (order, lines)
    }
}

extension Int64 {
    /// Sums that only decide which freight row fits: too large is as good as the largest.
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflowed) = addingReportingOverflow(other)
        return overflowed ? .max : sum
    }

    fileprivate func multipliedClamped(by other: Int64) -> Int64 {
        let (product, overflowed) = multipliedReportingOverflow(by: other)
        return overflowed ? .max : product
    }
}
