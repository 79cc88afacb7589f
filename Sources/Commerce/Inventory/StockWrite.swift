import Basics
import Persistence
import Resources

/// One wish to change stock: a count, or a difference.
struct StockWrite {
    /// The product, and the variant where its number says it.
    package let unit: StockUnit
    private let choice: VariantChoice
    /// Where it stands in the body.
    let pointer: String
    private let count: Int64?
    private let adjust: Int64?
    private let reason: String

    /// - Parameter unit: what the path or a number names; its variant goes before the choice.
    init(
        _ unit: StockUnit, _ choice: VariantChoice, at pointer: String = "", count: Int64? = nil, adjust: Int64? = nil,
        reason: String
    ) {
        self.unit = unit
        self.choice = unit.variantID.map { VariantChoice(variantID: $0) } ?? choice
        self.pointer = pointer
        self.count = count
        self.adjust = adjust
        self.reason = reason
    }

    init(_ change: StockChange, of unit: StockUnit, at pointer: String = "") {
        self.init(
            unit, change.product.variant.choice, at: pointer, count: change.count, adjust: change.adjust,
            reason: change.reason)
    }

    static func faults(count: Int64?, adjust: Int64?) -> [Problem.FieldError] {
        (count == nil) == (adjust == nil) ? [.init("/count", "required", "is required, or adjust; not both")] : []
    }

    /// What each body names; those named by `own_id` are looked up in one query.
    static func units(of bodies: [(product: ProductMembers, pointer: String)], in tx: Transaction) throws -> [StockUnit]
    {
        let known = try SKUs.units(bodies.compactMap(\.product.ownID), in: tx)
        return try bodies.map { product, pointer in
            if let ownID = product.ownID {
                guard let unit = known[ownID] else {
                    throw Problem.invalid(pointer + "/own_id", "unknown_product", "names no product of this shop")
                }
                return unit
            }
            guard let id = product.id else {
                throw Problem.invalid(pointer + "/product_id", "required", "is required, or own_id")
            }
            return StockUnit(id)
        }
    }

    /// The level that is meant: the product's one, or that of the variant which is named.
    func level(among levels: [StockBalance]) throws -> StockBalance {
        if choice.isEmpty, let only = levels.first, only.unit.variantID == nil { return only }
        let variants = levels.compactMap { level in
            level.unit.variantID.map { id in
                VariantChoice.Candidate(variantID: id, valueIDs: level.valueIDs, name: level.variantName ?? "")
            }
        }
        let id = try choice.pick(from: variants, at: pointer + "/")
        guard let level = levels.first(where: { $0.unit.variantID == id }) else {
            throw Problem.notFound("variant")
        }
        return level
    }

    /// The movement that fulfils the wish where so many are there, or nil where the stock is already so.
    func move(of unit: StockUnit, from current: Int64) -> StockLedger.Move? {
        let change = adjust ?? ((count ?? 0) - current)
        return change == 0 ? nil : StockLedger.Move(unit, by: change, adjust == nil ? .count : .adjust, reason: reason)
    }
}
