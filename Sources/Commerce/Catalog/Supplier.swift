import Persistence
package import Resources

/// Who a shop buys a product from.
package struct Supplier: Resource {
    package var id: Identifier<Supplier>
    package var name: String
    package var linkTo: String?
    package var dropshippingMail: String?

    package static let schema = Schema(
        "supplier", "suppliers", Supplier.init,
        Field("supplier_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("link_to", \.linkTo, .length(0...2048)),
        Field("dropshipping_mail", \.dropshippingMail, .length(0...254)),
        also: [.removalFlag(after: "supplier_id")],
        bare: true, sortedBy: "name")
}
