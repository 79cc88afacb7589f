import Basics
import Resources

/// What a product says by the names of its profile's attributes and values, in ids.
extension ProfileBook.Known? {
    /// `{name, val}` for an attribute with a list, `{name, value}` for others.
    func attributes(_ rows: [JSON]) throws -> [JSON] {
        try rows.enumerated().map { index, row in
            let pointer = "/attributes/\(index)"
            guard case .object(let object) = row, let name = object["name"]?.words else {
                throw Problem.invalid(pointer, "type", "must be an object {name, val} or {name, value}")
            }
            let attribute = try attribute(name, pointer)
            let value = object["val"] ?? object["value"] ?? .null
            return [
                "attribute_id": .number(JSONNumber(attribute.id)),
                attribute.isList ? "val" : "value": attribute.isList ? value.words.map { .string($0) } ?? .null : value,
            ]
        }
    }

    /// `{options: {Size: "42"}, …}`, or `{variant_id, …}` where the variant is known.
    func settings(_ rows: [JSON]) throws -> [JSON] {
        var errors: [Problem.FieldError] = []
        let settings = try rows.enumerated().map { index, row in
            do {
                return try setting(row, "/stock_settings/\(index)")
            } catch let problem as Problem {
                errors += problem.errors
                return .null
            }
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return settings
    }

    private func setting(_ row: JSON, _ pointer: String) throws -> JSON {
        guard case .object(let object) = row else { throw Problem.invalid(pointer, "type", "must be an object") }
        if object["variant_id"] != nil, object["options"] == nil { return row }
        if object["options"] == nil, let number = object["own_id"]?.words, !number.isEmpty {
            throw Problem.invalid(pointer + "/options", "required", "is empty, and no variant has the own_id \(number)")
        }
        guard case .object(let options) = object["options"], (1...2).contains(options.members.count) else {
            throw Problem.invalid(pointer, "type", "must be an object with one or two options")
        }
        var setting = JSONObject()
        for (place, option) in options.members.enumerated() {
            let attribute = try attribute(option.name, pointer + "/options")
            // The shop would pass over such a row, as existing clients expect.
            guard attribute.isVariant else {
                throw Problem.invalid(
                    pointer + "/options/" + option.name, "no_choice",
                    "is nothing that variants of the profile differ in")
            }
            guard let word = option.value.words, let value = attribute.values[word] else {
                throw Problem.invalid(
                    pointer + "/options/" + option.name, "unknown_value", "names no value of the profile's list")
            }
            let suffix = place == 0 ? "" : "_2"
            setting.append("attribute_id" + suffix, .number(JSONNumber(attribute.id)))
            setting.append("attribute_value_id" + suffix, .number(JSONNumber(value)))
        }
        for member in object.members where member.name != "options" { setting.append(member.name, member.value) }
        return .object(setting)
    }

    private func attribute(_ name: String, _ pointer: String) throws -> ProfileBook.Attribute {
        if let attribute = self?.attributes[name] { return attribute }
        throw Problem.invalid(pointer, "unknown_attribute", "names no attribute of the product's profile: \(name)")
    }
}
