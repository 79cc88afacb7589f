import Persistence
import Resources

/// A product as it is to be written: found again by its own_id, or made.
struct ProductWrite {
    let body: JSONObject
    /// Members for a product that is new.
    let initially: JSONObject
    let mustExist: Bool

    var ownID: String { body["own_id"]?.words ?? "" }

    /// How many the file says there are of the product, or of each of its variants.
    func stock(isNew: Bool) throws -> [(variant: VariantChoice?, count: Int64)] {
        let settings = body.list("stock_settings")
        guard settings.isEmpty else {
            return try settings.enumerated().compactMap { index, setting in
                guard case .object(let object) = setting else { return nil }
                let count = try Self.count(object["stock"], at: "/stock_settings/\(index)/stock")
                return count.map { (VariantChoice(values: object), $0) }
            }
        }
        let wish = body["stock"] ?? (isNew ? initially["stock"] : nil)
        return try Self.count(wish, at: "/stock").map { [(nil, $0)] } ?? []
    }

    private static func count(_ wish: JSON?, at pointer: String) throws -> Int64? {
        guard let wish, wish != .null else { return nil }
        guard let count = wish.words.flatMap({ Decimals.scaled($0.utf8, places: 0) }),
            abs(count) <= StockLedger.countMax
        else { throw Problem.invalid(pointer, "type", "must be a whole number") }
        return count
    }

    /// Refuses a count that the ledger would not take, before anything of the product is stored.
    fileprivate func checkStock(of product: Product, isNew: Bool) throws {
        if product.allowNegativeStock { return }
        if try stock(isNew: isNew).contains(where: { $0.count < 0 }) {
            throw Problem.invalid("/stock", "stock_below_zero", "is below zero, which the product does not allow")
        }
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

/// Writes a page of bodies by own_id. No own_id comes twice in a page.
enum ProductPage {
    /// All of them together, or, where something is wrong with one, each for itself.
    static func write(_ page: [ProductWrite], in tx: Transaction) throws -> [ProductOutcome] {
        do {
            return try tx.savepoint { try together(page, in: tx) }
        } catch let problem as Problem where page.count == 1 {
            return [.refused(problem)]
        } catch is Problem {
            return try page.flatMap { try write([$0], in: tx) }
        }
    }

    private static func together(_ page: [ProductWrite], in tx: Transaction) throws -> [ProductOutcome] {
        let known = try SKUs.units(page.map(\.ownID), in: tx).filter { $0.value.variantID == nil }
        let taken = try tx.takeAll(Product.self, known.values.map(\.productID))
        let pictures = try ImportedPictures(of: page, known.mapValues(\.productID), in: tx)
        let wishes = try page.map { write -> (body: JSONObject, over: Stored<Product>?) in
            guard let id = known[write.ownID]?.productID, let stored = taken[id] else {
                return (try write.newBody, nil)
            }
            return (pictures.known(in: write.body, of: id), stored)
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
            var body = body
            for member in initially.members where body[member.name] == nil { body.append(member.name, member.value) }
            return body
        }
    }
}

/// The pictures that products have already, so that the same file does not add them a second time.
private struct ImportedPictures {
    private var ids: [Int64: [String: Int64]] = [:]

    init(of page: [ProductWrite], _ known: [String: Int64], in tx: Transaction) throws {
        let products = page.filter { !$0.body.list("images").isEmpty }.compactMap { known[$0.ownID] }
        guard !products.isEmpty else { return }
        let rows = try tx.db.rows(
            """
            SELECT product_id, image_id, source_url, path FROM images WHERE webshop_id = \(tx.shop)
            AND product_id IN (\(SQL.paddedList(products.sorted())))
            """)
        for row in rows {
            let addresses = [row.text(2), row.text(3).map { ExportedPicture.address(ofPath: $0, tx.tenant) }]
            for address in addresses.compactMap({ $0 }) {
                ids[row.integer(0) ?? 0, default: [:]][address] = row.integer(1)
            }
        }
    }

    /// The body with the id in the place of the address of each picture the product has.
    func known(in body: JSONObject, of product: Int64) -> JSONObject {
        guard let ids = ids[product] else { return body }
        let pictures = body.list("images").map { picture -> JSON in
            guard case .object(let object) = picture, case .string(let url) = object["url"], let id = ids[url] else {
                return picture
            }
            var known = object.without(["url"])
            known.append("image_id", .number(JSONNumber(id)))
            return .object(known)
        }
        var changed = body.without(["images"])
        changed.append("images", .array(pictures))
        return changed
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
                count.variant.map { !level.valueIDs.isEmpty && level.valueIDs == $0.valueIDs } ?? level.valueIDs.isEmpty
            }
            guard let level, level.count != count.count else { return nil }
            return StockLedger.Move(level.unit, by: count.count - level.count, .import)
        }
        let posted = try StockLedger.post(moves, in: tx)
        let refused = zip(moves, posted).filter { $1 == nil }.map(\.0.unit.productID)
        return (Set(moves.map(\.unit.productID)).subtracting(refused), Set(refused))
    }
}
