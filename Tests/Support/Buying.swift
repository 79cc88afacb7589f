import Areas
package import Basics
import Commerce
import Resources

/// Buying things in a test.
extension TestShop {
    /// A line of an order's body.
    package static func line(_ product: Int64, _ amount: Int64 = 1, unitPrice: JSON? = nil) -> JSON {
        var line: JSONObject = JSONObject([
            .init("product_id", .number(product)), .init("amount", .number(amount)),
        ])
        if let unitPrice { line.append("unit_price", unitPrice) }
        return .object(line)
    }

    /// Orders lines, with whatever else the body shall say.
    package func order(_ lines: [JSON], _ more: JSONObject = JSONObject()) async throws -> Reply {
        var body = more
        body.append("products", .array(lines))
        return try await post("order", .object(body))
    }

    @discardableResult
    package func order(_ product: Int64, _ amount: Int64 = 1) async throws -> Reply {
        try await order([Self.line(product, amount)])
    }

    /// Every event of the shop so far, oldest first.
    package func events() async throws -> [JSON] {
        try await get("event?limit=1000").json["events"].elements
    }

    /// What does not add up in this shop.
    package func findings() async throws -> [String] {
        try await House.doctor.examine(server.storage, with: server.keys).map(\.description).filter {
            $0.contains("shop \(id),")
        }
    }
}
