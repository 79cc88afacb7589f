package import Basics
import Resources

/// Where something stands in a file.
package struct ImportPlace: Sendable, Equatable {
    /// 1 for the first record behind the header.
    package let record: Int
    /// The physical line it begins on.
    package let line: Int
    /// Lines before the first record.
    package let header: Int

    package init(record: Int, line: Int, header: Int = 1) {
        self.record = record
        self.line = line
        self.header = header
    }
}

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

/// Reads a file record by record, so that memory does not grow with it.
package protocol RecordReader {
    /// What the format calls a member of the body, for those who look for a fault in their file.
    var columns: [String: String] { get }
    /// What it calls a member of a variant, where variants have rows of their own.
    var variantColumns: [String: String] { get }

    /// The next record, or why it cannot be read; nil at the end. Throws where the rest of the file is of no use either.
    mutating func next() throws -> Result<ImportRecord, ImportFault>?
}

extension RecordReader {
    package var columns: [String: String] { [:] }
    package var variantColumns: [String: String] { [:] }
}

/// A file that can be read more than once.
package struct ImportSource: Sendable {
    /// Begins anew and answers what gives the next piece, nil at the end.
    package let open: @Sendable () throws -> () throws -> [UInt8]?

    package init(_ open: @escaping @Sendable () throws -> () throws -> [UInt8]?) {
        self.open = open
    }

    /// Bytes in memory.
    package init(_ bytes: [UInt8]) {
        self.init {
            var rest: [UInt8]? = bytes
            return {
                defer { rest = nil }
                return rest
            }
        }
    }
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
