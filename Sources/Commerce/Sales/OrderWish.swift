import Persistence
import Resources

/// One line as the client wants it, with the product it names.
struct OrderWish {
    static let linesMax = 500
    static let amountMax: Int64 = 1_000_000
    static let unitPriceMax = PriceRows.unitPriceMax

    let product: SoldProduct
    let variant: SoldVariant?
    let amount: Int64
    let unitPrice: Amount
    let isOverride: Bool
    let attributes: JSONText

    var weight: Int64 { variant?.weight ?? product.weight }

    private struct Draft {
        var productID: Int64?
        var ownID: String?
        var choice = VariantChoice()
        var amount: Int64?
        var unitPrice: Amount?
        var attributes: JSON?
    }

    /// Reads all lines, loads their products in one query, with variants in a second, and prices them.
    /// - Parameter group: the customer's group, empty for none.
    static func all(of body: JSONObject, group: String, in tx: Transaction) throws -> [OrderWish] {
        guard case .array(let elements) = body["products"], !elements.isEmpty else {
            throw Problem.invalid("/products", "required", "needs at least one {product_id, amount}")
        }
        guard elements.count <= linesMax else {
            throw Problem.invalid("/products", "too_long", "has \(elements.count) lines; an order takes \(linesMax)")
        }
        var errors: [Problem.FieldError] = []
        let drafts = elements.enumerated().map { draft($1, at: "/products/\($0)", tx.tenant, &errors) }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        let byOwn = try SKUs.units(drafts.compactMap { $0.productID == nil ? $0.ownID : nil }, in: tx)
        let units = drafts.map { draft in draft.productID.map { StockUnit($0) } ?? draft.ownID.flatMap { byOwn[$0] } }
        let ids = units.map { $0?.productID }
        let choices = zip(units, drafts).map { unit, draft in
            unit?.variantID.map { VariantChoice(variantID: $0) } ?? draft.choice
        }
        let byID = try SoldProduct.all(Set(ids.compactMap { $0 }).sorted(), in: tx)
        let varied = zip(ids, choices).filter { id, _ in id.flatMap { byID[$0] }?.hasVariants ?? false }
        let variants = try SoldVariant.all(of: varied.compactMap(\.0), varied.map(\.1), in: tx)
        let amounts = amounts(zip(ids, drafts))
        var wishes: [OrderWish] = []
        for (index, draft) in drafts.enumerated() {
            guard let product = ids[index].flatMap({ byID[$0] }) else {
                let member = draft.productID == nil ? "own_id" : "product_id"
                errors.append(.init("/products/\(index)/\(member)", "unknown_product", "names no product of this shop"))
                continue
            }
            do {
                let variant = try product.variant(choices[index], variants, at: "/products/\(index)/")
                let pricing = product.pricing.of(variant)
                wishes.append(
                    OrderWish(
                        product: product, variant: variant, amount: draft.amount ?? 0,
                        unitPrice: draft.unitPrice
                            ?? pricing.unit(amounts[product.id] ?? 0, group: group, at: tx.now).price,
                        isOverride: draft.unitPrice != nil,
                        attributes: variant?.attributes(beside: draft.attributes)
                            ?? draft.attributes.map { JSONText($0.serialized) } ?? .emptyList))
            } catch let problem as Problem {
                errors += problem.errors
            }
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return wishes
    }

    /// How many of each product there are in all lines together, since a tier is reached by all of them.
    private static func amounts(_ lines: some Sequence<(Int64?, Draft)>) -> [Int64: Int64] {
        lines.reduce(into: [:]) { sums, line in
            if let id = line.0 { sums[id, default: 0] += line.1.amount ?? 0 }
        }
    }

    private static func draft(
        _ json: JSON, at pointer: String, _ tenant: Tenant, _ errors: inout [Problem.FieldError]
    ) -> Draft {
        guard case .object(let object) = json else {
            errors.append(.init(pointer, "type", "must be an object"))
            return Draft()
        }
        var reader = MemberReader(object, at: pointer, tenant)
        var draft = Draft(
            productID: reader.integer("product_id", 1...Int64.max), ownID: reader.text("own_id", 255),
            choice: VariantChoice(&reader), amount: reader.integer("amount", 1...amountMax),
            unitPrice: reader.amount("unit_price", 0...unitPriceMax), attributes: object["attributes"])
        draft.choice.add(attributes: draft.attributes)
        if draft.productID == nil, draft.ownID == nil, reader.errors.isEmpty {
            reader.report("product_id", "required", "is required, or own_id")
        }
        if draft.amount == nil, reader.errors.isEmpty { reader.report("amount", "required", "is required") }
        errors += reader.errors
        return draft
    }
}
