import Basics
import Resources

/// What a row of a file asks for one piece, as it is written there: the normal price, and what is asked instead while an
/// offer runs.
struct FilePrice: Equatable {
    let price: String
    /// Empty where there is no offer.
    let sale: String

    var isNumber: Bool { Self.value(price) != nil }

    init(_ price: String, sale: String) {
        (self.price, self.sale) = (price, sale)
    }

    /// Shopify's way to say it: with a compare-at price above it, the price is the offer.
    init(now: String, before: String) {
        let isOffer = Self.value(before).map { $0 > Self.value(now) ?? 0 } ?? false
        self.init(isOffer ? before : now, sale: isOffer ? now : "")
    }

    /// The same money, however it is written.
    static func == (one: FilePrice, other: FilePrice) -> Bool {
        (value(one.price), value(one.sale)) == (value(other.price), value(other.sale)) && one.isNumber
    }

    /// In ten-thousandths; nil where it is no number.
    static func value(_ text: String) -> Int64? { Decimals.scaled(text.utf8, places: 4)?.int64 }
}
