import Persistence
import Resources

/// Products sold together under one product.
enum Bundle {
    /// Reads the members a client gave (ids or `{product_id, count}`) and stores both forms the wire shows.
    static func settle(_ product: inout Product, in tx: Transaction) throws {
        guard case .array(let elements) = product.bundle.json else { return }
        guard elements.count <= 100 else { throw Problem.invalid("/bundle", "too_long", "takes at most 100 members") }
        let members = try elements.enumerated().map { try member($1, at: "/bundle/\($0)", tx.tenant) }
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

    private static func member(_ json: JSON, at pointer: String, _ tenant: Tenant) throws -> (id: Int64, count: Int64) {
        switch json {
        case .number(let number):
            if let id = number.integer { return (id, 1) }
        case .string(let text):
            if let id = Int64(strict: text) { return (id, 1) }
        case .object(let object):
            var reader = MemberReader(object, at: pointer, tenant)
            let id = reader.integer("product_id", 1...Int64.max)
            let count = reader.integer("count", 1...1_000_000)
            try reader.finish()
            if let id { return (id, count ?? 1) }
        default: break
        }
        throw Problem.invalid(pointer, "type", "must be a product's id, or {product_id, count}")
    }
}
