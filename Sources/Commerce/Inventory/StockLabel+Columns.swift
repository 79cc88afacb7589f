import Persistence
import Resources

extension StockLabel {
    /// The columns by which the stock's plan shows a level, those of the label as they are known. What is moved is no bundle:
    /// that has no stock of its own.
    var columns: SQL {
        // The plan reads them itself, which takes a look at the product for each.
        guard let pieces = Self.pieces else { return "\(raw: StockLevel.info.plan.select)" }
        return "\(raw: pieces.beforeOwnID)\(ownID)\(raw: pieces.beforeName)\(variantName)\(raw: pieces.rest)"
    }

    /// What stands around the two in the plan; nil where it does not show `own_id` before `variant_name`, each once.
    private static let pieces: (beforeOwnID: String, beforeName: String, rest: String)? = {
        let parts = StockLevel.info.plan.select(["own_id": "\0", "variant_name": "\0", "available": "count"])
            .split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 3 ? (parts[0], parts[1], parts[2]) : nil
    }()
}
