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

    /// - Parameter unit: what the path or a number names; without it the body names the product.
    init(_ body: JSONObject, unit: StockUnit?, at pointer: String, _ tx: Transaction) throws {
        self.pointer = pointer
        var reader = MemberReader(body, at: pointer, tx.tenant)
        let bound = StockLedger.countMax
        count = reader.integer("count", 0 - bound...bound)
        adjust = reader.integer("adjust", 0 - bound...bound)
        reason = reader.text("reason", 1000) ?? ""
        let named = reader.integer("product_id", 1...Int64.max)
        choice = unit?.variantID.map { VariantChoice(variantID: $0) } ?? VariantChoice(&reader)
        if (count == nil) == (adjust == nil), reader.errors.isEmpty {
            reader.report("count", "required", "is required, or adjust; not both")
        }
        try reader.finish()
        guard let unit = unit ?? named.map({ StockUnit($0) }) else {
            throw Problem.invalid(pointer + "/product_id", "required", "is required, or own_id")
        }
        self.unit = unit
    }

    /// Reads a list of wishes; products and variants named by `own_id` are looked up in one query.
    static func all(_ bodies: [JSON], isList: Bool, _ tx: Transaction) throws -> [StockWrite] {
        let objects = try bodies.enumerated().map { index, body -> JSONObject in
            guard case .object(let object) = body else {
                throw Problem.invalid("/\(index)", "type", "must be an object")
            }
            return object
        }
        let ownIDs = objects.compactMap(ownID)
        let units = try SKUs.units(ownIDs, in: tx)
        return try objects.enumerated().map { index, object in
            let pointer = isList ? "/\(index)" : ""
            var unit: StockUnit?
            if let ownID = ownID(object) {
                guard let found = units[ownID] else {
                    throw Problem.invalid(pointer + "/own_id", "unknown_product", "names no product of this shop")
                }
                unit = found
            }
            return try StockWrite(object, unit: unit, at: pointer, tx)
        }
    }

    /// Numbers are read as text, as in every body.
    private static func ownID(_ object: JSONObject) -> String? { object["own_id"]?.words?.asKey }

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
