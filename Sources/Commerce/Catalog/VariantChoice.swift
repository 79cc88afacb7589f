package import Basics
import Persistence
import Resources

/// How a request names one variant of a product: by its id, by its values, or by its name.
package struct VariantChoice {
    package private(set) var variantID: Int64?
    package private(set) var valueIDs: Set<Int64> = []
    /// Values by what they are called.
    private(set) var words: [String] = []
    private(set) var name: String?

    package init(variantID: Int64? = nil) {
        self.variantID = variantID
    }

    /// The values a row of `stock_settings` names.
    package init(values row: JSONObject) {
        for member in ["attribute_value_id", "attribute_value_id_2"] { add(value: row[member]) }
    }

    init(_ members: VariantMembers) {
        variantID = members.id
        valueIDs = Set([members.valueID, members.valueID2].compactMap { $0 }.filter { $0 > 0 })
        name = members.name.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Adds what an order line's `attributes` say: `{attribute_id: value_id}` or `[{attribute_id, value}]`.
    mutating func add(attributes: JSON?) {
        switch attributes {
        case .object(let object): for member in object.members { add(value: member.value) }
        case .array(let rows):
            for case .object(let row) in rows { add(value: row["attribute_value_id"] ?? row["value"]) }
        default: break
        }
    }

    private mutating func add(value: JSON?) {
        switch value {
        case .number(let number): if let id = number.integer?.int64 { valueIDs.insert(id) }
        case .string(let text) where !text.isEmpty:
            if let id = WholeNumber(strict: text)?.int64 { valueIDs.insert(id) } else { words.append(text.asKey) }
        default: break
        }
    }

    var isEmpty: Bool { variantID == nil && valueIDs.isEmpty && words.isEmpty && name == nil }

    /// Which rows of a table of variants can be meant; nil where all of them can.
    var condition: SQL? {
        if let variantID { return "variant_id = \(variantID)" }
        return valueIDs.isEmpty || !words.isEmpty || name != nil
            ? nil : "attribute_value_id IN (\(SQL.list(valueIDs.sorted())))"
    }

    /// What a variant can be named by.
    struct Candidate {
        let variantID: Int64
        let valueIDs: Set<Int64>
        let name: String

        /// Whether one of its values is called so. The name is the values, parted by a stroke.
        fileprivate func isCalled(_ word: String) -> Bool {
            name == word || name.hasPrefix(word + " / ") || name.hasSuffix(" / " + word)
        }
    }

    /// The variant that is meant.
    /// - Parameter prefix: what stands before the member's name where a fault points to it.
    /// - Throws: a fault of the member that names none, with the names there are.
    func pick(from candidates: [Candidate], at prefix: String) throws -> Int64 {
        let meant = candidates.filter { candidate in
            if let variantID { return candidate.variantID == variantID }
            if let name { return candidate.name == name }
            // What is said by name stands for the values that are not said by id.
            let unsaid = candidate.valueIDs.subtracting(valueIDs).count
            return !isEmpty && unsaid <= words.count && words.count { candidate.isCalled($0) } >= unsaid
        }
        if let one = meant.first, meant.count == 1 { return one.variantID }
        let member = variantID != nil ? "variant_id" : name != nil || isEmpty ? "variant_name" : "attribute_value_id"
        let names = candidates.prefix(20).map(\.name).joined(separator: ", ")
        let known = names.isEmpty ? "there is none such" : "there are: \(names)\(candidates.count > 20 ? ", …" : "")"
        throw Problem.invalid(
            prefix + member, isEmpty ? "variant_required" : "unknown_variant",
            "must name one variant of the product; \(known)")
    }
}
