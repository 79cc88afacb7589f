import Basics
import Persistence
import Resources

/// One line as the client wants it, with the product it names.
struct OrderWish {
    static let amountMax: Int64 = 1_000_000
    static let unitPriceMax: Int64 = 10_000_000_000

    let product: SoldProduct
    let variant: SoldVariant?
    /// What a bundle is made of, each member in the variant the line names.
    let parts: [BundlePart]
    let amount: Int64
    let unitPrice: Amount
    let isOverride: Bool
    let attributes: JSONText

    var weight: Int64 { variant?.weight ?? product.weight }

    var label: StockLabel {
        StockLabel(
            ownID: variant?.ownID ?? product.ownID, variantName: variant?.name, isInBundle: product.isInBundle)
    }

    private struct Draft {
        var productID: Int64?
        let ownID: String?
        var choice: VariantChoice
        /// For members of a bundle, by product.
        private(set) var partChoices: [Int64: VariantChoice] = [:]
        let amount: Int64
        let unitPrice: Amount?
        let attributes: JSON?

        init(_ line: OrderLineWish) {
            let product = line.product.members
            (productID, ownID, choice) = (product.id, product.ownID, product.variant.choice)
            (amount, unitPrice, attributes) = (line.amount, line.unitPrice, line.attributes?.json)
            choice.add(attributes: attributes)
            for part in line.parts?.byProduct ?? [] {
                partChoices[part.product, default: VariantChoice()].add(attributes: part.attributes)
            }
        }

        /// Finds what a number of the shop's own names.
        mutating func settle(_ units: ByText<StockUnit>) {
            guard productID == nil, let unit = ownID.flatMap({ units[$0] }) else { return }
            productID = unit.productID
            if let variant = unit.variantID { choice = VariantChoice(variantID: variant) }
        }

        /// The products of the line that have variants, and which of them it wants.
        func choices(among products: [Int64: SoldProduct]) -> [(product: Int64, choice: VariantChoice)] {
            guard let product = productID.flatMap({ products[$0] }) else { return [] }
            let own = product.hasVariants ? [(product: product.id, choice: choice)] : []
            return own + product.parts.filter(\.hasVariants).map { (product: $0.productID, choice: choice(of: $0)) }
        }

        func choice(of part: BundlePart) -> VariantChoice { partChoices[part.productID] ?? VariantChoice() }
    }

    /// Reads all lines, loads their products in one query, with variants in a second, and prices them.
    /// - Parameter group: the customer's group, empty for none.
    static func all(of lines: [OrderLineWish], group: String, in tx: Transaction) throws -> [OrderWish] {
        var errors: [Problem.FieldError] = []
        var drafts = lines.map(Draft.init)
        let byOwn = try SKUs.units(drafts.compactMap { $0.productID == nil ? $0.ownID : nil }, in: tx)
        for index in drafts.indices { drafts[index].settle(byOwn) }
        let products = try SoldProduct.all(Set(drafts.compactMap(\.productID)).sorted(), in: tx)
        let variants = try SoldVariant.all(drafts.flatMap { $0.choices(among: products) }, in: tx)
        let amounts = amounts(drafts)
        var wishes: [OrderWish] = []
        var unpriced: [Problem.FieldError] = []
        for (index, draft) in drafts.enumerated() {
            let pointer = "/products/\(index)"
            guard let product = draft.productID.flatMap({ products[$0] }) else {
                let member = lines[index].product.members.id != nil ? "product_id" : "own_id"
                errors.append(.init("\(pointer)/\(member)", "unknown_product", "names no product of this shop"))
                continue
            }
            do {
                let variant = try product.variant(draft.choice, variants, at: pointer + "/")
                let parts = try product.parts.map { try $0.chosen(draft.choice(of: $0), variants, at: pointer) }
                let unit = product.pricing.of(variant).unit(amounts[product.id] ?? 0, group: group, at: tx.now)
                if unit.reason == .unpriced, draft.unitPrice == nil {
                    unpriced.append(
                        .init(pointer + "/unit_price", "no_price", "is needed: \(product.name) was given no price"))
                }
                wishes.append(OrderWish(draft, product, variant, parts, unit.price))
            } catch let problem as Problem {
                errors += problem.errors
            }
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        if !unpriced.isEmpty {
            throw Problem.conflict("no_price", "What has no price can't be sold; 0 is a price.", errors: unpriced)
        }
        return wishes
    }

    private init(
        _ draft: Draft, _ product: SoldProduct, _ variant: SoldVariant?, _ parts: [BundlePart], _ price: Amount
    ) {
        self.product = product
        self.variant = variant
        self.parts = parts
        amount = draft.amount
        unitPrice = draft.unitPrice ?? price
        isOverride = draft.unitPrice != nil
        attributes =
            variant?.attributes(beside: draft.attributes)
            ?? draft.attributes.map { JSONText($0.serialized) } ?? .emptyList
    }

    /// How many of each product there are in all lines together, since a tier is reached by all of them.
    private static func amounts(_ drafts: [Draft]) -> [Int64: Int64] {
        drafts.reduce(into: [:]) { sums, draft in
            if let id = draft.productID { sums[id, default: 0] += draft.amount }
        }
    }
}
