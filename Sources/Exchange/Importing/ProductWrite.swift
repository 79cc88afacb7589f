import Basics
import Commerce
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
    func checkStock(of product: Product, isNew: Bool) throws {
        let below = try stock(isNew: isNew).filter { $0.count < 0 && !product.allowNegativeStock }
        if below.isEmpty { return }
        throw Problem.invalid(
            below.map {
                .init($0.pointer, "stock_below_zero", "is below zero, which the product does not allow")
            })
    }
}

extension ProductWrite {
    /// What a product is made from.
    var newBody: JSONObject {
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
