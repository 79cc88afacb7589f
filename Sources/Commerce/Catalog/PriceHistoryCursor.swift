import Basics
import Persistence
import Resources

/// A place between two rows of a history.
struct PriceHistoryCursor: Equatable {
    let began: Int64
    let variant: Int64
    let group: String

    init(_ entry: PriceHistoryEntry) {
        (began, variant, group) = (entry.step.began.milliseconds, entry.variant, entry.group)
    }

    /// Reads a cursor; nil for anything that is none.
    init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), case .array(let parts)? = try? JSONParser.parse(bytes),
            parts.count == 3, case .number(let began) = parts[0], case .number(let variant) = parts[1],
            case .string(let group) = parts[2], let began = began.integer?.int64, let variant = variant.integer?.int64
        else { return nil }
        (self.began, self.variant, self.group) = (began, variant, group)
    }

    var text: String {
        Base64URL.encode(
            JSON.array([.number(JSONNumber(began)), .number(JSONNumber(variant)), .string(group)]).bytes)
    }

    /// Whether it stands before another: later ones first, then the product, its variants, and everybody before groups.
    func isBefore(_ other: PriceHistoryCursor) -> Bool {
        if began != other.began { return began > other.began }
        return variant != other.variant
            ? variant < other.variant : group.utf8.lexicographicallyPrecedes(other.group.utf8)
    }

    func isBefore(_ entry: PriceHistoryEntry) -> Bool { isBefore(PriceHistoryCursor(entry)) }
}

extension PriceHistoryCursor: BodyValue {
    static let form = BodyForm.open(["type": "string"])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> PriceHistoryCursor {
        guard case .string(let text)? = json, !text.isEmpty else { throw .silent }
        if let cursor = PriceHistoryCursor(text) { return cursor }
        reader.report(
            pointer, FieldFault("cursor", "is not a cursor of this list; start again without a value"))
        throw .refused
    }
}
