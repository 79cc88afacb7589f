import Resources

extension Product {
    /// Members that a body has only from an answer.
    private static let answered = ["product_id", "last_modified"]

    /// No price is not 0: what a body says decides, and null takes a price back. The 0 that an answer shows for no price
    /// stays none when a client sends the answer back.
    fileprivate static func settlePrice(_ product: inout Described<Product>) {
        guard let said = product.body["price"] else { return }
        let isEcho =
            product.old?.isPriced == false && product.new.price == .zero
            && answered.contains { product.body[$0] != nil }
        product.new.isPriced = said != .null && said != "" && !isEcho
    }

    /// Refuses prices that cannot be, and keeps the lists of them as they are read.
    mutating func tidyPrices(replacing old: Product?, for tenant: Tenant) throws {
        if let saleFrom, let saleTo, saleFrom >= saleTo {
            throw Problem.invalid("/sale_to", "range", "must be after sale_from")
        }
        if price != .zero { isPriced = true }
        if discountIntervals != old?.discountIntervals {
            discountIntervals = PriceRows.text(try PriceRows.tiers(discountIntervals, for: tenant), for: tenant)
        }
        if groupPrices != old?.groupPrices {
            groupPrices = PriceRows.text(try PriceRows.groupPrices(groupPrices, for: tenant), for: tenant)
        }
    }
}

extension Part<Product> {
    /// What it costs, or that this is not known.
    static var price: Part {
        Part(store: { products, _, _ in
            for index in products.indices { Product.settlePrice(&products[index]) }
        })
    }
}
