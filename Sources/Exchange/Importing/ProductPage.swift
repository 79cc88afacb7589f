import Basics
import Commerce
import Persistence
import Resources

/// A product as it is to be written: found again by its own_id, or made.
struct ProductWrite {
    /// What is said of it, with ids in the place of names.
    var parts: PartedBody
    /// Members for a product that is new.
    let initially: JSONObject
    let mustExist: Bool
    let needsVariants: Bool
    /// Whether a new one may be without a price: a set, a parent of variants, or what is said to have none.
    let mayLackPrice: Bool
    /// The product, where that is not the one of its number.
    let productID: Int64?

    init(_ record: ImportRecord, without open: Set<String> = []) {
        parts = PartedBody(record.body.without(open))
        initially = record.initially
        mustExist = record.mustExist
        needsVariants = record.needsVariants || !record.body.list("stock_settings").isEmpty
        mayLackPrice = record.mayLackPrice || needsVariants || !record.body.list("bundle").isEmpty
        productID = record.productID
    }

    /// A product that is there, and what changes of it.
    init(changing body: JSONObject) {
        parts = PartedBody(body)
        initially = JSONObject()
        mustExist = true
        needsVariants = false
        mayLackPrice = true
        productID = nil
    }

    var body: JSONObject { parts.body }
    var ownID: String { body["own_id"]?.words ?? "" }

    /// A number of pieces, of the product or of the variant that a row of `stock_settings` names.
    struct Count {
        let pointer: String
        let variant: VariantChoice?
        let count: Int64
    }

    /// How many the file says there are of the product, or of each of its variants.
    func stock(isNew: Bool) throws -> [Count] {
        let settings = body.list("stock_settings")
        if settings.isEmpty {
            let wish = body["stock"] ?? (isNew ? initially["stock"] : nil)
            return try Self.count(wish, nil, at: "/stock").map { [$0] } ?? []
        }
        var counts: [Count] = []
        var errors: [Problem.FieldError] = []
        for (index, setting) in settings.enumerated() {
            guard case .object(let object) = setting, object["remove"]?.words != "1" else { continue }
            let id = object["variant_id"]?.words.flatMap { WholeNumber(strict: $0)?.int64 }
            let variant = id.map { VariantChoice(variantID: $0) } ?? VariantChoice(values: object)
            do {
                let count = try Self.count(object["stock"], variant, at: "/stock_settings/\(index)/stock")
                if let count { counts.append(count) }
            } catch let problem as Problem {
                errors += problem.errors
            }
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return counts
    }

    private static func count(_ wish: JSON?, _ variant: VariantChoice?, at pointer: String) throws -> Count? {
        guard let wish, wish != .null else { return nil }
        guard let count = wish.words.flatMap({ Decimals.scaled($0.utf8, places: 0) }),
            count.magnitude <= StockLedger.countMax
        else {
            throw Problem.invalid(
                pointer, "range", "must be a whole number from \(-StockLedger.countMax) to \(StockLedger.countMax)")
        }
        return Count(pointer: pointer, variant: variant, count: count.int64)
    }

    /// Refuses counts that the ledger would not take, before anything of the product is stored.
    fileprivate func checkStock(of product: Product, isNew: Bool) throws {
        let below = try stock(isNew: isNew).filter { $0.count < 0 && !product.allowNegativeStock }
        if below.isEmpty { return }
        throw Problem.invalid(
            below.map {
                .init($0.pointer, "stock_below_zero", "is below zero, which the product does not allow")
            })
    }
}

/// What became of one write.
enum ProductOutcome {
    case created(Int64)
    case updated(Int64)
    case unchanged(Int64)
    case refused(Problem)

    var id: Int64? {
        switch self {
        case .created(let id), .updated(let id), .unchanged(let id): id
        case .refused: nil
        }
    }
}

/// Writes a page of bodies by own_id. No product comes twice in a page.
enum ProductPage {
    /// A product as it was written, without what had to be left out, and what became of it.
    typealias Result = (write: ProductWrite, outcome: ProductOutcome)

    /// All of them together, or, where something is wrong with one, each half for itself, down to the one, which is
    /// written without its bad parts if only those are wrong.
    static func write(_ page: [ProductWrite], in tx: Transaction) throws -> [Result] {
        do {
            return Array(zip(page, try tx.savepoint { try together(page, in: tx) }))
        } catch let problem as Problem {
            guard page.count == 1, var write = page.first else {
                let half = page.count / 2
                return try Self.write(Array(page[..<half]), in: tx) + Self.write(Array(page[half...]), in: tx)
            }
            return write.parts.leaveOut(problem) ? try Self.write([write], in: tx) : [(write, .refused(problem))]
        }
    }

    private static func together(_ page: [ProductWrite], in tx: Transaction) throws -> [ProductOutcome] {
        let units = try SKUs.units(page.filter { $0.productID == nil }.map(\.ownID), in: tx)
        let known = page.map { write in
            write.productID ?? units[write.ownID].flatMap { $0.variantID == nil ? $0.productID : nil }
        }
        let taken = try tx.takeAll(Product.self, known.compactMap { $0 })
        let pictures = try ImportedPictures(of: zip(page, known), in: tx)
        let wishes = try zip(page, known).map { write, id -> (body: JSONObject, over: Stored<Product>?) in
            guard let id, let stored = taken[id] else { return (try write.newBody, nil) }
            return (pictures.known(in: write, of: id), stored)
        }
        let drafts = try ResourceEndpoints<Product>.drafts(wishes, isStrict: false, tx)
        for (write, draft) in zip(page, drafts) { try write.checkStock(of: draft.new, isNew: draft.old == nil) }
        let written = try tx.write(drafts)
        let resupplied = try ImportedSuppliers.set(
            zip(page, written).compactMap { write, written in
                write.body["suppliers"] == nil ? nil : (written.id, write.body.list("suppliers"))
            }, in: tx)
        return zip(drafts, written).map { draft, written in
            guard let version = draft.oldVersion else { return .created(written.id) }
            let isSame = version == written.version && !resupplied.contains(written.id)
            return isSame ? .unchanged(written.id) : .updated(written.id)
        }
    }
}

extension ProductWrite {
    /// What a product is made from.
    fileprivate var newBody: JSONObject {
        get throws {
            if mustExist {
                throw Problem.invalid(
                    "/own_id", "unknown_product", "\(ownID) is no product of this shop or before in the file")
            }
            if needsVariants, body.list("stock_settings").isEmpty {
                throw Problem.invalid("", "no_variant", "is new, and none of its variants can be taken")
            }
            var body = body
            for member in initially.members where body[member.name] == nil { body.append(member.name, member.value) }
            if !mayLackPrice, ["", nil].contains(body["price"]?.words) {
                throw Problem.invalid("/price", "required", "is required for a new product; 0 is a price too")
            }
            return body
        }
    }
}

/// The stock that a file says products and variants have, as movements of the ledger.
enum ImportedStock {
    /// One count: of a product, or of its variant that a row of `stock_settings` names.
    struct Count {
        let productID: Int64
        let variant: VariantChoice?
        let count: Int64
    }

    /// Counts products and answers those whose count moved, and those for which it may not be.
    static func set(_ counts: [Count], in tx: Transaction) throws -> (moved: Set<Int64>, refused: Set<Int64>) {
        guard !counts.isEmpty else { return ([], []) }
        let levels = Dictionary(
            grouping: try StockLedger.take(of: Set(counts.map(\.productID)), in: tx), by: \.unit.productID)
        let moves = counts.compactMap { count -> StockLedger.Move? in
            let level = (levels[count.productID] ?? []).first { level in
                guard let variant = count.variant else { return level.valueIDs.isEmpty }
                if let id = variant.variantID { return level.unit.variantID == id }
                return !level.valueIDs.isEmpty && level.valueIDs == variant.valueIDs
            }
            guard let level, level.count != count.count else { return nil }
            return StockLedger.Move(level.unit, by: count.count - level.count, .import)
        }
        let posted = try StockLedger.attempt(moves, in: tx)
        let refused = zip(moves, posted).filter { $1 == nil }.map(\.0.unit.productID)
        return (Set(moves.map(\.unit.productID)).subtracting(refused), Set(refused))
    }
}
