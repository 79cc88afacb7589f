import Resources

/// What shops and apps ask to be told of (CONTRACT 6): the type that its rows have in the feed.
package enum Topic: String, Choice {
    case orderCreated = "order_created"
    case paid
    case newStatus = "new_status"
    case newReturn = "new_return"
    case orderWithdrawn = "order_withdrawn"
    case product, stock, category
    case stockLow = "stock_low"
    case customerCreated = "customer_created"
    case newsletterSubscribe = "newsletter_subscribe"
    case addToBasket = "add_to_basket"
    case updateBasket = "update_basket"
    case viewBasket = "view_basket"
    case viewAddress = "view_address"
    case viewShipping = "view_shipping"
    case viewApprove = "view_approve"
    case viewThanks = "view_thanks"
    case approved
    case addLabel = "add_label"
    case removeLabel = "remove_label"

    /// The resource that its rows are about.
    var resource: String {
        switch self {
        case .product: "product"
        case .stock, .stockLow: "stock"
        case .category: "category"
        case .customerCreated: "customer"
        case .newsletterSubscribe: "newsletter-subscriber"
        case .newReturn: "order-return"
        case .addToBasket, .updateBasket, .viewBasket, .viewAddress, .viewShipping, .viewApprove, .viewThanks,
            .approved:
            "basket"
        case .orderCreated, .paid, .newStatus, .orderWithdrawn, .addLabel, .removeLabel: "order"
        }
    }

    /// What an app may choose under `webhooks`: changes of what the shop keeps (seed 002, "Webhooks").
    package static let appWebhooks: [Topic] = allCases.filter { !$0.isOfVisit && !$0.isOfLabel }

    /// What an app may choose under `events`, which can be sent more often: the twelve of seed 002, "Events".
    package static let appEvents: [Topic] = allCases.filter {
        $0.isOfVisit || $0.isOfLabel || $0 == .orderCreated || $0 == .paid
    }

    /// Whether it is a step of a shopper on the way to an order.
    package var isOfVisit: Bool {
        switch self {
        case .addToBasket, .updateBasket, .viewBasket, .viewAddress, .viewShipping, .viewApprove, .viewThanks,
            .approved:
            true
        default: false
        }
    }

    private var isOfLabel: Bool { self == .addLabel || self == .removeLabel }
}
