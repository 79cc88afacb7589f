import Basics
import Resources

/// What rows of `stock_settings` make of one product's variants. Nothing is stored yet.
struct VariantMerge {
    private static let keys: Set<String> = [
        "variant_id", "variant_name", "attribute_id", "attribute_value_id", "attribute_id_2", "attribute_value_id_2",
        "remove",
    ]

    /// What is to be stored, each with what it replaces and where it stands in the body.
    private(set) var written: [(new: ProductVariant, old: ProductVariant?, pointer: String)] = []
    private(set) var removed: [ProductVariant] = []
    /// Numbers that are given back.
    private(set) var released: [String] = []
    /// Numbers that are wanted.
    private(set) var claims: [SKUs.Claim] = []
    private var hasNewNumbers = false
    /// Those that cost something else than before, or are new.
    private(set) var repriced: [ProductVariant] = []

    var added: [ProductVariant] { written.filter { $0.old == nil }.map(\.new) }

    /// Those that stay with something else of theirs, and those that go.
    var changed: [ProductVariant] { written.filter { $0.old != nil }.map(\.new) + removed }

    var isNothing: Bool { written.isEmpty && removed.isEmpty }

    /// Whether there are more or fewer of them afterwards.
    var isResizing: Bool { !removed.isEmpty || written.contains { $0.old == nil } }

    /// Whether search has to know.
    var isSearched: Bool { hasNewNumbers || !removed.isEmpty }

    /// - Parameters:
    ///   - stored: the variants that rows name, as they are.
    ///   - choices: what the profiles of the products offer.
    init(
        _ wishes: [StockSettings.Wish], into product: Product, having stored: [ProductVariant],
        _ choices: ProfileChoices, isStrict: Bool, in tx: Transaction
    ) throws {
        let known = Dictionary(stored.map { ($0.combination, $0) }, uniquingKeysWith: { first, _ in first })
        let byID = Dictionary(stored.map { ($0.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
        let passesOver = !isStrict && choices.isPerAttribute(wishes)
        var seen: Set<StockSettings.Combination> = []
        var errors: [Problem.FieldError] = []
        for wish in wishes {
            do {
                if let id = wish.variantID, byID[id] == nil {
                    throw Problem.invalid("/variant_id", "unknown_variant", "names no variant of this product")
                }
                let named = wish.variantID.flatMap { byID[$0]?.combination }
                guard
                    let combination = try named
                        ?? choices.combination(
                            of: wish, in: product.profileID, known, isStrict: isStrict, passesOver: passesOver)
                else { continue }
                guard seen.insert(combination).inserted else {
                    throw Problem.invalid("", "duplicate", "names the variant of an earlier row")
                }
                try take(wish, combination, known[combination], choices, product, isStrict, tx)
            } catch let problem as Problem {
                errors += problem.within(wish.pointer).errors
            }
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
    }

    private mutating func take(
        _ wish: StockSettings.Wish, _ combination: StockSettings.Combination, _ old: ProductVariant?,
        _ choices: ProfileChoices, _ product: Product, _ isStrict: Bool, _ tx: Transaction
    ) throws {
        if wish.isRemoval {
            if let old { removed.append(old) }
            if let number = old?.ownID { released.append(number) }
            return
        }
        var input = Input(ProductVariant.info, for: tx.tenant, isStrict: isStrict)
        let before = old.map { ProductVariant.schema.record($0) }
        let record = try input.record(from: wish.body, over: before, ignoring: Self.keys)
        var new = try ProductVariant.schema.value(record)
        if new.ownID?.isEmpty == true { new.ownID = nil }
        if old == nil {
            new.id = Identifier(try tx.db.newID(Product.info.sequence))
            choices.name(&new, combination, of: product)
        }
        guard record != before else { return }
        if new.ownID.map(ExactText.init) != old?.ownID.map(ExactText.init) {
            if let number = old?.ownID { released.append(number) }
            if let number = new.ownID {
                claims.append(.init(ownID: number, unit: new.unit, pointer: wish.pointer + "/own_id"))
            }
        }
        if old == nil || new.numbers != old?.numbers { hasNewNumbers = true }
        if new.isRepriced(since: old) { repriced.append(new) }
        written.append((new, old, wish.pointer))
    }
}

extension ProductVariant {
    fileprivate var combination: StockSettings.Combination {
        StockSettings.Combination(first: valueID, second: valueID2)
    }
}
