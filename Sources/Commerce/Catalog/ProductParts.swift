import Persistence
package import Resources

/// The kinds of rows that are shown inside a product; a product's `parts` has a bit for each kind it has any of.
enum ProductParts {
    static let attributes: Int64 = 1 << 0
    static let labels: Int64 = 1 << 1
    static let variants: Int64 = 1 << 2
    static let images: Int64 = 1 << 3
    static let files: Int64 = 1 << 4
}

extension Product {
    package static func storeParts(
        _ body: JSONObject, of new: inout Product, replacing old: Product?, isStrict: Bool, in tx: Transaction
    ) throws -> Bool {
        // First, because a variant may take over the number that its product gives up.
        if let old, old.ownID != new.ownID { try SKUs.release([old.ownID], in: tx) }
        if new.profileID != old?.profileID { try new.settleProfile(isStrict: isStrict, in: tx) }
        let hasNewAttributes = try ProductAttributes.store(
            body["attributes"], of: &new, replacing: old, isStrict: isStrict, in: tx)
        let hasNewLabels = try LabelledProducts.store(body["product_labels"], of: &new, in: tx)
        let hasNewVariants = try StockSettings.store(
            body["stock_settings"], of: &new, replacing: old, isStrict: isStrict, in: tx)
        if hasNewAttributes || hasNewLabels { SearchWriter.touch([new.id.rawValue], in: tx) }
        let hasNewMedia = try new.storeMedia(body, isStrict: isStrict, in: tx)
        return hasNewAttributes || hasNewLabels || hasNewVariants || hasNewMedia
    }

    /// Existing clients send any number as the profile (fact sheet 1.4), so one that is unknown counts as none.
    private mutating func settleProfile(isStrict: Bool, in tx: Transaction) throws {
        guard profileID != 0, try tx.findAll(Profile.self, [profileID]).isEmpty else { return }
        if isStrict { throw Problem.invalid("/profile_id", "unknown_profile", "names no profile of this shop") }
        profileID = 0
    }

    /// Notes whether the product has rows of a kind.
    mutating func has(_ part: Int64, _ isThere: Bool) {
        parts = isThere ? parts | part : parts & ~part
    }
}

extension JSON {
    /// The elements of a list a body gives; none where it gives null.
    func elements(at pointer: String, atMost countMax: Int) throws -> [JSON] {
        if self == .null { return [] }
        guard case .array(let elements) = self else { throw Problem.invalid(pointer, "type", "must be a list") }
        guard elements.count <= countMax else {
            throw Problem.invalid(pointer, "too_long", "has \(elements.count) rows; at most \(countMax)")
        }
        return elements
    }
}
