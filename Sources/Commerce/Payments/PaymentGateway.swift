import Persistence
package import Resources

/// A way to pay that a shop offers.
package struct PaymentGateway: Resource {
    package var id: Identifier<PaymentGateway>
    package var name: String
    package var type: Kind
    package var isActive: Bool
    package var description: String
    package var weight: Int64

    package enum Kind: String, Choice {
        case manual, invoice, sandbox, external
    }

    package static let schema = Schema(
        "payment-gateway", "payment_gateways", PaymentGateway.init,
        Field("payment_gateway_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("type", \.type, .required, .filterable),
        Field("is_active", \.isActive, .initially(.integer(1)), .filterable),
        Field("description", \.description, .about("What the shopper reads.")),
        Field("weight", \.weight, .sortable, .about("Place in lists.")),
        sortedBy: "weight", audited: true)
}
