import Persistence
import Resources

/// What an answer says of a unit of stock beside its count, where an order has read it with the product.
struct StockLabel {
    let ownID: String?
    let variantName: String?
    /// Whether bundles depend on how many there are. What is moved is no bundle itself: that has no stock of its own.
    let isInBundle: Bool

    /// The columns by which the stock's plan shows a level, these among them.
    static func columns(_ label: StockLabel) -> SQL {
        "\(raw: pieces.beforeOwnID)\(label.ownID)\(raw: pieces.beforeName)\(label.variantName)\(raw: pieces.rest)"
    }

    private static let pieces: (beforeOwnID: String, beforeName: String, rest: String) = {
        let parts = StockLevel.info.plan.select(["own_id": "\0", "variant_name": "\0", "available": "count"])
            .split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        precondition(parts.count == 3, "the stock's plan shows own_id before variant_name, each once")
        return (parts[0], parts[1], parts[2])
    }()
}
