/// A number as it was written. Converted exactly or not at all.
package struct JSONNumber: Sendable, Equatable {
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package init(_ integer: Int64) {
        text = String(integer)
    }

    /// The number as an integer, if it is one and fits: `5`, `5.0`, `1e3`.
    package var integer: WholeNumber? { scaled(places: 0) }

    /// The number times 10^places as an integer, or nil when it has more decimals or is too large.
    package func scaled(places: Int) -> WholeNumber? {
        Decimals.scaled(text.utf8, places: places)
    }
}
