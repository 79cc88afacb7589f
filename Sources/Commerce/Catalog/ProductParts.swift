import Basics
import Persistence
package import Resources

/// The kinds of rows that are shown inside a product; a product's `parts` has a bit for each kind it has any of. Categories
/// and brands have images only.
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

extension Product: Pictured {
    static let images = Images.embed(by: "product_id")

    package static var uploads: [UploadMember] {
        [.init("images", .image), .init("pdf_files", .document), .init("file", .document)]
    }

    package static func storeParts(
        _ products: inout [Described<Product>], isStrict: Bool, in tx: Transaction
    ) throws {
        // First, because a variant may take over the number that its product gives up.
        try SKUs.release(products.compactMap { $0.new.ownID.isExactly($0.old?.ownID) ? nil : $0.old?.ownID }, in: tx)
        try settleProfiles(&products, isStrict: isStrict, in: tx)
        for index in products.indices { settlePrice(&products[index]) }
        var faults = Faults()
        try faults.gather { try ProductAttributes.store(&products, isStrict: isStrict, in: tx) }
        try faults.gather { try LabelledProducts.store(&products, in: tx) }
        try faults.gather { try StockSettings.store(&products, isStrict: isStrict, in: tx) }
        try faults.gather { try Images.store(&products, isStrict: isStrict, in: tx) }
        try faults.gather { try ProductFiles.store(&products, isStrict: isStrict, in: tx) }
        try faults.finish()
    }

    /// Lets go of what was shown of a deleted product.
    static func removeParts(of old: Product, in tx: Transaction) throws {
        try Images.removeAll(of: old, in: tx)
        try ProductFiles.removeAll(of: old, in: tx)
    }

    /// Existing clients send any number as the profile (fact sheet 1.4), so one that is unknown counts as none.
    private static func settleProfiles(
        _ products: inout [Described<Product>], isStrict: Bool, in tx: Transaction
    ) throws {
        let moved = products.indices.filter {
            products[$0].new.profileID != 0 && products[$0].new.profileID != products[$0].old?.profileID
        }
        let named = Set(moved.map { products[$0].new.profileID })
        let known = Set(try tx.findAll(Profile.self, named.sorted()).map(\.id.rawValue))
        for index in moved where !known.contains(products[index].new.profileID) {
            if isStrict { throw Problem.invalid("/profile_id", "unknown_profile", "names no profile of this shop") }
            products[index].new.profileID = 0
        }
    }
}

extension Pictured {
    /// Notes whether it has rows of a kind.
    mutating func has(_ part: Int64, _ isThere: Bool) {
        parts = isThere ? parts | part : parts & ~part
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
