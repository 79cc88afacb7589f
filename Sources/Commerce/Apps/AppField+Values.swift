import Basics
import Resources

extension AppField {
    /// What a text may have; of rich text and code, more.
    private static let textMax = 4000
    private static let longTextMax = 65_536

    /// The values of an app's fields, with what a shop says over what it said before, and with what the app begins with.
    /// - Parameter isStrict: refuse names that the app has no field for, which are passed over otherwise.
    /// - Throws: all that is wrong with them, by `/fields/NAME`.
    static func values(
        _ given: JSONObject, over old: JSONObject, of fields: [AppField], isStrict: Bool = false
    ) throws -> JSONObject {
        var faults: [Problem.FieldError] = []
        var values = JSONObject()
        for field in fields {
            do throws(FieldFault) {
                let said = given[field.name] ?? old[field.name] ?? .null
                let value = said == .null || said == "" ? field.preset ?? .null : said
                values.append(field.name, try field.value(value))
                if field.isRequired, value == .null || value == "" { throw FieldFault("required", "is required") }
            } catch {
                faults.append(.init("/fields/\(field.name)", error.code, error.message))
            }
        }
        if isStrict {
            for member in given.members where !fields.contains(where: { $0.name == member.name }) {
                faults.append(.init("/fields/\(member.name)", "unknown", "is no field of this app"))
            }
        }
        if !faults.isEmpty { throw Problem.invalid(faults) }
        return values
    }

    /// A value in the form in which it is kept; null where there is none.
    func value(_ json: JSON) throws(FieldFault) -> JSON {
        if json == .null { return type == .boolean ? 0 : .null }
        switch type {
        case .integer: return try integer(json)
        case .boolean: return try flag(json)
        case .text: return try text(json, Self.textMax)
        case .richtext, .code: return try text(json, Self.longTextMax)
        case .color: return try color(json)
        case .list: return try choice(json)
        }
    }

    private func integer(_ json: JSON) throws(FieldFault) -> JSON {
        guard let number = json.words.flatMap({ Decimals.scaled($0.utf8, places: 0) }) else {
            throw FieldFault("type", "must be a whole number")
        }
        return .number(JSONNumber(number.int64))
    }

    private func flag(_ json: JSON) throws(FieldFault) -> JSON {
        switch json {
        case true, "1", "true": return 1
        case false, "0", "false": return 0
        case .number(let number) where (0...1).contains(number.integer?.int64 ?? -1):
            return .number(JSONNumber(number.integer?.int64 ?? 0))
        default: throw FieldFault("type", "must be 0 or 1")
        }
    }

    private func text(_ json: JSON, _ most: Int) throws(FieldFault) -> JSON {
        guard let words = json.words else { throw FieldFault("type", "must be text") }
        guard words.unicodeScalars.count <= most else {
            throw FieldFault("too_long", "has more than \(most) characters")
        }
        return .string(words)
    }

    private func color(_ json: JSON) throws(FieldFault) -> JSON {
        guard case .string(let text) = json else { throw FieldFault("type", "must be text") }
        if text.isEmpty { return .null }
        guard let color = try? Color.tidied(text) else { throw FieldFault("color", "must be like #ffcc00") }
        return .string(color)
    }

    /// The key of a list. What an external one has is known where it was asked for.
    private func choice(_ json: JSON) throws(FieldFault) -> JSON {
        guard let key = json.words else { throw FieldFault("type", "must be a key of the list") }
        if key.isEmpty { return .null }
        guard isExternal || choices.contains(where: { $0.key.isExactly(key) }) else {
            throw FieldFault("choice", "must be one of: " + choices.map(\.key).joined(separator: ", "))
        }
        return .string(key)
    }
}
