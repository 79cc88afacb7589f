package import Basics
import Persistence
package import Resources

/// What somebody bought. Its lines and sums are fixed when it is placed (fact sheet 3.5; CONTRACT 5).
package struct Order: Resource {
    package var id: Identifier<Order>
    package var number: Int64
    package var invoiceID: Int64?
    package var customerID: Int64?
    package var status: OrderStatus
    package var paid: Bool
    package var paidTime: Instant?
    package var paymentGatewayID: Int64?
    package var currency: String
    package var pricesIncludeVAT: Bool
    package var email: String
    package var phone: String
    package var orderName: String
    package var orderCompanyName: String
    package var orderAddress: String
    package var orderZipcode: String
    package var orderCity: String
    package var orderCountryID: Int64
    package var deliveryName: String
    package var deliveryCompanyName: String
    package var deliveryAddress: String
    package var deliveryZipcode: String
    package var deliveryCity: String
    package var deliveryCountryID: Int64
    package var vatNumber: String
    package var eanNumber: String
    package var comments: String
    package var extras: JSONText
    package var pickupAddress: String
    package var shippingID: Int64?
    package var shippingPrice: Amount
    package var shippingVAT: Amount
    package var shippingVATRate: Percentage
    package var trackingNumber: String
    package var trackingURL: String
    package var price: Amount
    package var vat: Amount
    package var totalPrice: Amount
    package var isReverseCharge: Bool
    package var isExport: Bool
    package var ownID: String?
    /// When it was placed, where that was before it came here.
    package var placed: Instant?

    private static let sums = Rule.range(Totals.range)

    package static let schema = Schema(
        "order", "orders", Order.init,
        Field("order_id", \.id, .readOnly),
        Field("webshop_order_id", \.number, .readOnly, .filterable, .sortable, .about("The number the customer sees.")),
        Field("invoice_id", \.invoiceID, .readOnly, .filterable, .about("Gap-free; given when the order is paid.")),
        Field("customer_id", \.customerID, .references { Customer.info }, .filterable),
        Field(
            "status", \.status, .initially(.text("new")), .spelled("canceled", as: "cancelled"), .filterable, .sortable),
        Field("paid", \.paid, .filterable),
        Field("paid_time", \.paidTime, .readOnly, .filterable),
        Field("payment_gateway_id", \.paymentGatewayID, .references { PaymentGateway.info }, .filterable),
        Field("currency", \.currency, .readOnly),
        Field("prices_include_vat", \.pricesIncludeVAT, .readOnly),
        Field("email", \.email, .key, .length(0...254), .filterable),
        Field("phone", \.phone, .length(0...64), .filterable),
        Field("order_name", \.orderName, .length(0...255), .filterable),
        Field("order_company_name", \.orderCompanyName, .length(0...255)),
        Field("order_address", \.orderAddress, .length(0...1000)),
        Field("order_zipcode", \.orderZipcode, .length(0...32)),
        Field("order_city", \.orderCity, .length(0...255)),
        Field("order_country_id", \.orderCountryID, .references { Country.info }, .filterable),
        Field("del_name", \.deliveryName, .length(0...255)),
        Field("del_company_name", \.deliveryCompanyName, .length(0...255)),
        Field("del_address", \.deliveryAddress, .length(0...1000)),
        Field("del_zipcode", \.deliveryZipcode, .length(0...32)),
        Field("del_city", \.deliveryCity, .length(0...255)),
        Field("del_country_id", \.deliveryCountryID, .references { Country.info }, .filterable),
        Field(
            "vat_number", \.vatNumber, .length(0...64), .about("With its country, such as DE123456789; Greece is EL.")),
        Field("ean_number", \.eanNumber, .length(0...64)),
        Field("comments", \.comments),
        Field("extras", \.extras, .shape(.object)),
        Field("pickup_address", \.pickupAddress, .length(0...1000)),
        Field("shipping_id", \.shippingID, .references { ShippingMethod.info }, .filterable),
        Field("shipping_price", \.shippingPrice, .readOnly, sums),
        Field("shipping_vat", \.shippingVAT, .readOnly, sums),
        Field("shipping_vat_rate", \.shippingVATRate, .readOnly),
        Field("tracking_number", \.trackingNumber, .length(0...255)),
        Field("tracking_url", \.trackingURL, .length(0...2048)),
        Field("price", \.price, .readOnly, sums, .about("The goods, with or without VAT as the shop's prices are.")),
        Field("vat", \.vat, .readOnly, sums),
        Field("total_price", \.totalPrice, .readOnly, sums, .filterable, .sortable, .about("What is to be paid.")),
        Field(
            "reverse_charge", \.isReverseCharge, .readOnly, .filterable,
            .about("1: no VAT, because the buyer, a business of another EU country, accounts for it.")),
        Field("export", \.isExport, .readOnly, .filterable, .about("1: no VAT, because the goods leave the EU.")),
        Field("own_id", \.ownID, .own),
        Field("placed", \.placed, .hidden),
        also: [
            .computed("created", .instant, "created", after: "customer_id"),
            .computed(
                "time", .instant, "coalesce(placed, created)", after: "created",
                about: "When it was placed; a create may say so, for what has already happened."),
            .computed("last_modified", .instant, "last_modified", after: "time"),
            countryName("order_country", after: "order_country_id"),
            countryName("del_country", after: "del_country_id"),
            .embedded(Embed("products", OrderLine.info, by: "order_id")),
        ],
        filters: [LabelledOrders.filter], verbs: [.list, .read], followed: true)

    package static let parts: [Part<Order>] = [.labels]

    private static func countryName(_ name: String, after: String) -> AnswerMember {
        .computed(
            name, .text, "(SELECT c.name FROM countries c WHERE c.country_id = orders.\(after))", nullable: true,
            after: after)
    }

    package static func topics(_ change: Change) -> [String] {
        change == .created ? ["order_created"] : []
    }

    /// Refuses what cannot be an e-mail address.
    package static func prepare(_ new: inout Order, replacing old: Order?, in tx: Transaction) throws {
        if !new.email.isEmpty, new.email != old?.email, !EmailAddress.isPlausible(new.email) {
            throw Problem.invalid("/email", "email", "must be an e-mail address")
        }
    }
}
