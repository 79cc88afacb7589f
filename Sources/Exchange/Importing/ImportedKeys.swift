import Basics
import Resources

extension ImportRecord {
    /// The record with everything that rows are found by in the form in which it is kept, so that a file that was typed on
    /// another machine names the rows that are there.
    var keyed: ImportRecord {
        var record = self
        record.body = body.keyed(Self.keys)
        return record
    }

    /// Members of a body that are names or numbers of rows, or hold such.
    private static let keys = [
        "own_id", "brand", "supplier", "manufacturer", "safety_profile", "profile", "product_labels", "categories",
        "main_category", "attributes", "stock_settings", "canonical", "related", "similar", "bundle", "suppliers",
    ]
}

extension JSON {
    /// Members of what such a member holds that are names themselves, or hold some.
    private static let keys = ["own_id", "name", "val", "attributes", "values", "supplier"]

    fileprivate var keyed: JSON {
        switch self {
        case .string(let text): .string(text.asKey)
        case .array(let elements): .array(elements.map(\.keyed))
        case .object(let object): .object(object.keyed(Self.keys))
        default: self
        }
    }
}

extension JSONObject {
    /// With some members in the form of keys. `options` has names for its members.
    fileprivate func keyed(_ names: [String]) -> JSONObject {
        JSONObject(
            members.map { member in
                if member.name == "options", case .object(let options) = member.value {
                    return Member(
                        "options", .object(JSONObject(options.members.map { Member($0.name.asKey, $0.value.keyed) })))
                }
                return names.contains(member.name) ? Member(member.name, member.value.keyed) : member
            })
    }
}
