import Persistence
import Resources

/// Products sold together under one product.
enum Bundle {
    /// Reads the members a client gave (ids or `{product_id, count}`) and stores both forms the wire shows.
    static func settle(_ product: inout Product, in tx: Transaction) throws {
        guard case .array(let elements) = product.bundle.json else { return }
        guard elements.count <= 100 else { throw Problem.invalid("/bundle", "too_long", "takes at most 100 members") }
        let members = try elements.enumerated().map { try member($1, at: "/bundle/\($0)") }
        let products = try tx.findAll(Product.self, members.map(\.id))
        let names = Dictionary(products.map { ($0.id.rawValue, $0.name) }, uniquingKeysWith: { first, _ in first })
        let rows = try members.enumerated().map { index, member -> JSON in
            guard let name = names[member.id] else {
                throw Problem.invalid("/bundle/\(index)", "unknown_product", "names no product of this shop")
            }
            return [
                "product_id": .number(JSONNumber(member.id)), "name": .string(name),
                "count": .number(JSONNumber(member.count)),
            ]
        }
        product.bundle = .list(members.map(\.id))
        product.bundleData = JSONText(JSON.array(rows).serialized)
    }

    private static func member(_ json: JSON, at pointer: String) throws -> (id: Int64, count: Int64) {
        switch json {
        case .number(let number):
            if let id = number.integer { return (id, 1) }
        case .object(let object):
            if case .number(let id) = object["product_id"], let id = id.integer {
                guard let given = object["count"] else { return (id, 1) }
                if case .number(let count) = given, let count = count.integer, (1...1_000_000).contains(count) {
                    return (id, count)
                }
                throw Problem.invalid(pointer + "/count", "range", "must be from 1 to 1000000")
            }
        default: break
        }
        throw Problem.invalid(pointer, "type", "must be a product's id, or {product_id, count}")
    }
}

/// A unit price that holds for all units from a number of them on.
struct TierPrice {
    let from: Int64
    let price: Amount

    static func rows(of text: JSONText, for tenant: Tenant) throws -> [TierPrice] {
        guard case .array(let elements) = text.json else { return [] }
        return try elements.enumerated().map { index, element in
            try TierPrice(element, at: "/discount_intervals/\(index)", for: tenant)
        }
    }

    private init(_ json: JSON, at pointer: String, for tenant: Tenant) throws {
        guard case .object(let object) = json, case .number(let from) = object["from"],
            let from = from.integer, (1...1_000_000).contains(from)
        else { throw Problem.invalid(pointer, "type", "must be {from, price}, from being 1 to 1000000") }
        guard case .number(let price) = object["price"], let minor = price.scaled(places: tenant.currency.digits),
            minor >= 0
        else { throw Problem.invalid(pointer + "/price", "type", "must be a price") }
        self.from = from
        self.price = Amount(minor)
    }
}
