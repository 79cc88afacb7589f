import Basics

/// Masses of other shops in ours: kilograms with three decimals.
enum Grams {
    /// `28.35` grams are `0.028` kilograms; empty where it is no mass, or none.
    static func kilograms(_ grams: String) -> String { kilograms(grams, unit: "g") }

    /// A mass in `kg`, `g`, `lbs` or `oz`; what is not a number is handed on for the import to refuse.
    static func kilograms(_ text: String, unit: String) -> String {
        if text.isEmpty { return "" }
        // Milligrams.
        let units: [String: Int64] = ["kg": 1_000_000, "g": 1000, "lbs": 453_592, "lb": 453_592, "oz": 28_350]
        // More decimals than that weigh nothing, such as those of grams made of ounces.
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isLong =
            parts.count == 2 && parts[1].utf8.count > 6 && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
        let kept = isLong ? "\(parts[0]).\(parts[1].prefix(6))" : text
        guard let factor = units[unit.lowercased()], let millionths = Decimals.scaled(kept.utf8, places: 6),
            millionths.int64 >= 0,
            case let (product, overflowed) = millionths.int64.multipliedReportingOverflow(by: factor), !overflowed
        else { return text }
        let (grams, rest) = product.quotientAndRemainder(dividingBy: 1_000_000_000)
        let rounded = rest >= 500_000_000 ? grams + 1 : grams
        guard rounded > 0 else { return "" }
        var writer = JSONWriter(capacity: 24)
        writer.decimal(rounded, places: 3)
        return writer.text
    }
}
