import Basics
import Persistence
import Resources

/// Which part of a history is wanted.
struct PriceHistoryWish: Body {
    private let variantID: Int64?
    private let isOfProduct: Bool
    private let customerGroup: String?
    private let isForAll: Bool
    let since: Instant?
    let page: PageWish
    let after: PriceHistoryCursor?

    static let schema = BodySchema(
        PriceHistoryWish.init,
        Field("variant_id", \.variantID, .given, .range(1...Int64.max), .about("Of this variant.")),
        Field("variant_id[null]", \.isOfProduct, .about("1: of the product itself.")),
        Field(
            "customer_group", \.customerGroup, .given, .key, .length(1...255), .about("For customers of this group.")),
        Field("customer_group[null]", \.isForAll, .about("1: for everybody.")),
        Field("since", \.since, .given, .about("Prices that held at this time or later.")),
        Field(\.page),
        Field("after", \.after, .about("Cursor from `paging.next`.")))

    /// 0 for the product itself; nil for all.
    var variant: Int64? { isOfProduct ? 0 : variantID }

    /// Empty for everybody; nil for all.
    var group: String? { isForAll ? "" : customerGroup }

    var faults: [Problem.FieldError] {
        [
            ("variant_id[null]", variantID != nil && isOfProduct),
            ("customer_group[null]", customerGroup != nil && isForAll),
        ].filter(\.1).map { .init("/" + $0.0, "contradiction", "cannot be 1 where one is named") }
    }

    /// Whether rows of the product (0) or of a variant are wanted: of one that costs what the product costs only by its id.
    func wants(_ unit: Int64, hasOwnPrices: Bool) -> Bool {
        if let variant { return unit == variant }
        return unit == 0 || hasOwnPrices
    }
}
