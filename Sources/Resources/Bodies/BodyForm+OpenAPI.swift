package import Basics
import Persistence

extension BodyForm {
    /// What the OpenAPI document says of it.
    package var schema: JSON {
        switch self {
        case .value: [:]
        case .object(let info): info.schema
        case .list(let form): ["type": "array", "items": form.schema]
        case .oneOrMany(let form): ["anyOf": [form.schema, ["type": "array", "items": form.schema, "maxItems": 1000]]]
        case .open(let schema): schema
        }
    }
}

extension BodyInfo {
    /// The members as parameters of a query.
    var parameters: [Documentation.Parameter] {
        members.map { Documentation.Parameter($0.field.name, $0.undescribed, $0.field.about) }
    }

    fileprivate var schema: JSON {
        guard let resource else { return own }
        return ["allOf": [resource.inputReference, own]]
    }

    private var own: JSON {
        var schema = JSONObject([.init("type", "object")])
        let required = members.filter(\.field.isRequired).map { JSON.string($0.field.name) }
        if !required.isEmpty { schema.append("required", .array(required)) }
        var properties = JSONObject()
        for member in members {
            properties.append(member.field.name, member.schema)
            for alias in member.field.aliases { properties.append(alias, member.aliasSchema) }
        }
        schema.append("properties", .object(properties))
        return .object(schema)
    }
}

extension BodyInfo.Member {
    fileprivate var schema: JSON { described(form, field) }

    fileprivate var aliasSchema: JSON {
        guard case .object(let object) = schema, let type = object["type"] else { return [:] }
        return ["type": type, "description": .string("Another name of `\(field.name)`.")]
    }

    /// What a parameter says of it stands beside its schema.
    fileprivate var undescribed: JSON {
        guard case .object(let object) = schema else { return schema }
        return .object(object.without(["description"]))
    }

    private func described(_ form: BodyForm, _ field: FieldInfo) -> JSON {
        switch form {
        case .value: return field.bodySchema
        case .list(let element):
            var schema = JSONObject([
                .init("type", "array"), .init("items", described(element, field.element ?? field)),
            ])
            if let least = field.count?.lowerBound, least > 0 {
                schema.append("minItems", .number(JSONNumber(Int64(least))))
            }
            schema.append("maxItems", .number(JSONNumber(Int64(field.count?.upperBound ?? 1000))))
            return .object(schema).described(field.about)
        default: return form.schema.described(field.about)
        }
    }
}

extension JSON {
    fileprivate func described(_ about: String) -> JSON {
        guard case .object(var object) = self, !about.isEmpty else { return self }
        object.append("description", .string(about))
        return .object(object)
    }
}

extension FieldInfo {
    /// A member that may be left out may be null as well, which says no more; so the document shows the plain type.
    fileprivate var bodySchema: JSON {
        guard case .object(var schema) = inputSchema(nullable: false) else { return [:] }
        if let initially { schema.append("default", shown(initially)) }
        guard let range else { return .object(schema) }
        if let least = bound(range.lowerBound) { schema.append("minimum", least) }
        if let most = bound(range.upperBound) { schema.append("maximum", most) }
        return .object(schema)
    }

    private func shown(_ column: SQLValue) -> JSON {
        switch column {
        case .null: .null
        case .text(let text): .string(text)
        case .integer(let value): .number(JSONNumber(text: shown(value, 2)))
        }
    }

    /// A bound as the wire shows it. What money is bound to depends on the shop's currency, unless it is nothing.
    private func bound(_ value: Int64) -> JSON? {
        guard (-WholeNumber.max...WholeNumber.max).contains(value), kind != .amount || value == 0 else { return nil }
        return .number(JSONNumber(text: shown(value, 0)))
    }
}
