package import Basics

/// A product of a file in the wire's own shape, with names in the place of ids, because ids are another shop's:
/// `brand`, `supplier`, `manufacturer`, `safety_profile`, `profile`, `main_category` and `categories` (paths), `product_labels`, the
/// attributes and variants by the names of their values, `canonical`, `related`, `similar` and `bundle` by own_id; and `stock`.
package struct ImportRecord: Sendable {
    package let place: ImportPlace
    package var body: JSONObject
    /// Members for a product that is new; one that is there keeps what the shop decided.
    package var initially = JSONObject()
    /// Whether it adds to a product that must be there already, such as variants whose product came before.
    package var mustExist = false
    /// Whether its number may be a variant's, of which it then says what a product's row would say of a product.
    package var mayBeVariant = false
    /// Whether the file gives it variants, so that a new product is made only with one of them.
    package var needsVariants = false
    /// Whether a new product may have no price, because it is said that it has none, or because what is sold is in it.
    package var mayLackPrice = false
    /// Where the rows of its lists of variants and pictures stand; empty where they stand in the record itself.
    package var places: [String: [ImportPlace]] = [:]
    /// Parts of it that could not be read and are left out.
    package var faults: [ImportFault] = []
    /// The product, where that is not the one of its number.
    var productID: Int64?
    /// How many records of the file are in it.
    var stands = 1

    package init(_ place: ImportPlace, _ body: JSONObject) {
        self.place = place
        self.body = body
    }

    /// The number it is found again by.
    package var ownID: String { body["own_id"]?.words ?? "" }
}

extension JSONObject {
    /// Adds a text unless it is empty: what a file leaves out, the shop keeps.
    mutating func give(_ name: String, _ text: String) {
        if !text.isEmpty { append(name, .string(text)) }
    }

    /// Adds a list unless it is empty.
    mutating func give(_ name: String, _ elements: [JSON]) {
        if !elements.isEmpty { append(name, .array(elements)) }
    }
}
