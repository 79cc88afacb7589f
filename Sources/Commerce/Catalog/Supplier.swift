import Persistence
package import Resources

/// Who a shop buys from. What a product costs there is a `product-supplier`.
package struct Supplier: Resource {
    package var id: Identifier<Supplier>
    package var name: String
    package var linkTo: String?
    package var dropshippingMail: String?
    package var email: String
    package var phone: String
    package var customerNumber: String
    package var currency: String
    package var deliveryDays: Int64?
    package var minOrderValue: UnitCost?
    package var ownID: String?

    package static let schema = Schema(
        "supplier", "suppliers", Supplier.init,
        Field("supplier_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("link_to", \.linkTo, .length(0...2048)),
        Field("dropshipping_mail", \.dropshippingMail, .key, .length(0...254)),
        Field("email", \.email, .key, .length(0...254)),
        Field("phone", \.phone, .length(0...64)),
        Field("customer_number", \.customerNumber, .length(0...64), .about("The shop's number in their books.")),
        Field(
            "currency", \.currency, .length(0...3),
            .about("ISO 4217; what their prices are in where a row says nothing.")),
        Field("delivery_days", \.deliveryDays, .range(0...3650), .about("Usually from order to receipt.")),
        Field(
            "min_order_value", \.minOrderValue, .range(0...1_000_000_000_000),
            .about("The least an order to them must come to, in their currency.")),
        Field("own_id", \.ownID, .own),
        also: [.removalFlag(after: "supplier_id")],
        bare: true, sortedBy: "name")

    package static let parts: [Part<Supplier>] = [.deliveries]

    package static func prepare(_ new: inout Supplier, replacing old: Supplier?, in tx: Transaction) throws {
        new.currency = try tidied(currency: new.currency)
    }

    /// A currency's code in capitals, or nothing; anything else is refused.
    static func tidied(currency text: String) throws -> String {
        let code = text.uppercased()
        let isCode =
            code.utf8.count == 3 && code.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        guard code.isEmpty || isCode else {
            throw Problem.invalid("/currency", "currency", "must be an ISO 4217 code such as EUR")
        }
        return code
    }
}
