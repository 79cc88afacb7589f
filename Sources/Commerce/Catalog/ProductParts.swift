import Basics
import Persistence
import Resources

/// The kinds of rows that are shown inside a product; a product's `parts` has a bit for each kind it has any of. Whatever
/// else has images has that bit.
package enum ProductParts {
    static let attributes: Int64 = 1 << 0
    static let labels: Int64 = 1 << 1
    package static let variants: Int64 = 1 << 2
    static let images: Int64 = 1 << 3
    static let files: Int64 = 1 << 4

    /// Puts rows in the place of those that products have in a table, in the order given.
    /// - Parameters:
    ///   - columns: what a row holds beside its shop, its product and its place.
    ///   - old: the products that have any.
    static func replace(
        _ table: String, _ columns: [String], _ written: [(product: Int64, rows: [[SQLValue]])],
        having old: some Collection<Int64>, in tx: Transaction
    ) throws {
        guard !written.isEmpty else { return }
        tx.markChanged(table)
        let replaced = Set(old).intersection(written.map(\.product)).sorted()
        try tx.db.run(
            SQL.each(replaced) {
                "DELETE FROM \(raw: table) WHERE webshop_id = \(tx.shop) AND product_id IN (\($0))"
            })
        let rows = written.flatMap { product, rows in
            rows.enumerated().map { place, row in
                [tx.shop.sqlValue, product.sqlValue, Int64(place).sqlValue] + row
            }
        }
        let head = "INSERT INTO \(table) (webshop_id, product_id, place, \(columns.joined(separator: ", "))) VALUES"
        try tx.db.run(SQL.insertions(head, rows))
    }
}

extension JSON {
    /// The elements of a list a body gives; none where it gives null.
    func elements(at pointer: String, atMost countMax: Int) throws -> [JSON] {
        if self == .null || self == "" { return [] }
        guard case .array(let elements) = self else { throw Problem.invalid(pointer, "type", "must be a list") }
        guard elements.count <= countMax else {
            throw Problem.invalid(pointer, "too_long", "has \(elements.count) rows; at most \(countMax)")
        }
        return elements
    }
}
