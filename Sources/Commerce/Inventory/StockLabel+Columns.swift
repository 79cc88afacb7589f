import Persistence
import Resources

extension StockLabel {
    /// The columns by which the stock's plan shows a level, those of the label as they are known. What is moved is no bundle:
    /// that has no stock of its own.
    var columns: SQL {
        "\(raw: Self.pieces.beforeOwnID)\(ownID)\(raw: Self.pieces.beforeName)\(variantName)\(raw: Self.pieces.rest)"
    }

    private static let pieces: (beforeOwnID: String, beforeName: String, rest: String) = {
        let parts = StockLevel.info.plan.select(["own_id": "\0", "variant_name": "\0", "available": "count"])
            .split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        precondition(parts.count == 3, "the stock's plan shows own_id before variant_name, each once")
        return (parts[0], parts[1], parts[2])
    }()
}
