import Basics
import Resources

/// The two lists of free content that products and categories carry (fact sheet 4.9), read loosely and kept in one shape.
enum ExtraContent {
    private static let rowsMax = 200
    private static let htmlMax = 262_144

    /// `html_fields`: `{name, html}`.
    static func htmlFields(_ given: JSONText, for tenant: Tenant) throws -> JSONText {
        try rows(given, "html_fields", tenant) { reader, _ in
            let name = reader.text("name", 255) ?? ""
            if name.isEmpty, reader.errors.isEmpty { reader.report("name", "required", "is required") }
            let html = reader.text("html", htmlMax) ?? ""
            return ["name": .string(name), "html": .string(html)]
        }
    }

    /// `extension_data`: `{title, type, id, value}`, where a value that is empty is `false`.
    static func extensionData(_ given: JSONText, for tenant: Tenant) throws -> JSONText {
        try rows(given, "extension_data", tenant) { reader, object in
            let title = reader.text("title", 255) ?? ""
            let type = reader.text("type", 64) ?? "text"
            switch object["id"] {
            case .number, .string: break
            default: reader.report("id", "required", "is required: a number or a text")
            }
            return [
                "title": .string(title), "type": .string(type), "id": object["id"] ?? .null,
                "value": value(object["value"] ?? .null, type, &reader),
            ]
        }
    }

    private static func value(_ value: JSON, _ type: String, _ reader: inout MemberReader) -> JSON {
        if value == .null || value == .string("") || value == .bool(false) { return .bool(false) }
        switch (type, value) {
        case ("text", .string), ("number", .number): return value
        case ("text", .number(let number)): return .string(number.text)
        // Six decimals are more than any measure a shop shows.
        case ("number", .string(let text)):
            guard let number = Decimals.scaled(text.utf8, places: 6) else { break }
            var writer = JSONWriter(capacity: 64)
            writer.decimal(number.int64, places: 6)
            return .number(JSONNumber(text: writer.text))
        case ("text", _), ("number", _): break
        default: return value
        }
        reader.report("value", "type", "must be a \(type), or empty")
        return .bool(false)
    }

    private static func rows(
        _ given: JSONText, _ name: String, _ tenant: Tenant, _ read: (inout MemberReader, JSONObject) -> JSON
    ) throws -> JSONText {
        var errors: [Problem.FieldError] = []
        let rows = try given.json.elements(at: "/" + name, atMost: rowsMax).enumerated().map { index, element -> JSON in
            let pointer = "/\(name)/\(index)"
            guard case .object(let object) = element else {
                errors.append(.init(pointer, "type", "must be an object"))
                return .null
            }
            var reader = MemberReader(object, at: pointer, tenant)
            let row = read(&reader, object)
            errors += reader.errors
            return row
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return JSONText(JSON.array(rows).serialized)
    }
}
