import Basics
import Commerce
import Persistence
import Resources

/// The products that products of a file name: by own_id, in whatever order the file has them.
struct ProductLinks {
    static let members: Set<String> = ["canonical", "related", "similar", "bundle"]

    private let ids: ByText<Int64>

    /// Looks up everything that bodies name.
    init(_ bodies: [JSONObject], in tx: Transaction) throws {
        let names = Set(exact: bodies.flatMap { body in Self.members.flatMap { Self.names(body[$0]) } }).texts
        ids = try SKUs.units(names, in: tx).compactMapValues { $0.variantID == nil ? $0.productID : nil }
    }

    static func isIn(_ body: JSONObject) -> Bool {
        members.contains { !names(body[$0]).isEmpty }
    }

    /// The first name of a member that names no product, by member.
    func unknown(in body: JSONObject) -> [(member: String, ownID: String)] {
        body.members.filter { Self.members.contains($0.name) }.compactMap { member in
            Self.names(member.value).first { ids[$0] == nil }.map { (member.name, $0) }
        }
    }

    /// The body with ids in the place of own_ids; what names no product is left out.
    func linked(_ body: JSONObject) -> JSONObject {
        var linked = JSONObject()
        for member in body.members {
            switch member.name {
            case "canonical":
                let id = Self.names(member.value).first.flatMap { ids[$0] }
                linked.append("canonical_id", id.map { .number(JSONNumber($0)) } ?? .null)
            case "related", "similar":
                linked.append(member.name, .array(known(member.value).map { .number(JSONNumber($0.id)) }))
            case "bundle":
                linked.append(
                    "bundle",
                    .array(known(member.value).map { ["product_id": .number(JSONNumber($0.id)), "count": $0.count] }))
            default: linked.append(member.name, member.value)
            }
        }
        return linked
    }

    private func known(_ json: JSON) -> [(id: Int64, count: JSON)] {
        guard case .array(let elements) = json else { return [] }
        return elements.compactMap { element in
            guard let id = Self.name(element).flatMap({ ids[$0] }) else { return nil }
            if case .object(let object) = element { return (id, object["count"] ?? 1) }
            return (id, 1)
        }
    }

    private static func names(_ json: JSON?) -> [String] {
        if case .array(let elements) = json { elements.compactMap(name) } else { json.flatMap(name).map { [$0] } ?? [] }
    }

    /// An own_id, or an object with one.
    private static func name(_ json: JSON) -> String? {
        let words = if case .object(let object) = json { object["own_id"]?.words } else { json.words }
        return words?.isEmpty == false ? words : nil
    }
}
