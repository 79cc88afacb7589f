package import Basics
import Persistence

extension ResourceInfo {
    /// `payment-gateway` is `PaymentGateway` in the document.
    package var schemaName: String {
        path.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    package var schemaReference: JSON { ["$ref": .string("#/components/schemas/" + schemaName)] }

    var inputReference: JSON { ["$ref": .string("#/components/schemas/\(schemaName)Input")] }

    var answerSchema: JSON {
        var properties = plan.properties
        let actors = Set(fields.filter { $0.shape == .actor }.map(\.name))
        properties = JSONObject(
            properties.members.map { actors.contains($0.name) ? .init($0.name, Actor.schema) : $0 })
        for field in expandable {
            if let name = field.expansion, let target = field.reference?() {
                properties.append(name, ["anyOf": [target.schemaReference, ["type": "null"]]])
            }
        }
        return [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
            "x-fields": .array(plan.items.map { .string($0.name) }),
        ]
    }

    package var inputSchema: JSON {
        var properties = JSONObject()
        for field in fields where !field.isReadOnly { properties.append(field.name, field.inputSchema) }
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        return [
            "type": "object", "properties": .object(properties),
            "description": .string(
                required.isEmpty ? "" : "A create needs: \(required.map(\.serialized).joined(separator: ", "))."),
        ]
    }

    package var deletedSchema: JSON {
        [
            "type": "object", "required": [.string(key), "deleted"],
            "properties": .object(
                JSONObject([
                    .init(key, ["type": "integer"]), .init("deleted", ["type": "integer"]),
                ])),
        ]
    }

    package var listSchema: JSON { envelopeSchema(items: schemaReference) }

    package func envelopeSchema(items: JSON) -> JSON {
        var properties = JSONObject()
        properties.append("paging", ["$ref": "#/components/schemas/Paging"])
        properties.append(plural, ["type": "array", "items": items])
        let envelope: JSON = [
            "type": "object", "required": ["paging", .string(plural)], "properties": .object(properties),
            "additionalProperties": false,
        ]
        return isBare ? ["anyOf": [["type": "array", "items": items], envelope]] : envelope
    }

    package var listDocumentation: Documentation {
        var query = [
            Documentation.Parameter(
                "limit", ["type": "integer", "default": 5, "maximum": 1000], "Rows per page\(onlyEnveloped)."),
            Documentation.Parameter("offset", ["type": "integer", "default": 0], "Rows to pass over\(onlyEnveloped)."),
            Documentation.Parameter(
                "after", ["type": "string"], "Cursor from `paging.next`; empty to start a walk\(onlyEnveloped)."),
            Documentation.Parameter(
                "sort", ["type": "string"],
                """
                Comma separated, `-` for descending, at most \(QueryReader.sortTermsMax): \
                \(sortableNames.joined(separator: ", ")).
                """),
            Documentation.Parameter("fields", ["type": "string"], "Members to show, comma separated."),
            Documentation.Parameter("envelope", ["type": "string"], "`1` wraps a plain array in the paging envelope."),
            Documentation.Parameter("include_removed", ["type": "string"], "`1` shows deleted rows too."),
            Documentation.Parameter(
                "cursor", ["type": "string"],
                """
                `1` tells in `paging` where the feed was when this was read (`cursor`), and the versions of the rows in their \
                order (`versions`): who reads all pages and then follows the feed from the cursor of the first misses nothing. A \
                plain array gets its envelope.
                """),
        ]
        let expansions = expandable.compactMap(\.expansion)
        if !expansions.isEmpty {
            query.append(
                Documentation.Parameter(
                    "expand", ["type": "string"],
                    "Inlines at most \(QueryReader.expansionsMax) of: \(expansions.joined(separator: ", "))."))
        }
        for filter in filters {
            query.append(Documentation.Parameter(filter.name, ["type": "string"], filter.about + ownWords(filter.name)))
        }
        for field in filterableFields {
            let operators =
                field.kind == .text ? "ne, in, prefix, null, gte, gt, lte, lt" : "gte, gt, lte, lt, ne, in, null"
            query.append(
                Documentation.Parameter(
                    field.name, isOwned(field.name) ? ["type": ["integer", "string"]] : field.kind.filterSchema,
                    "Filter; also with [\(operators)]; [in] takes at most \(QueryReader.valuesMax) values."
                        + ownWords(field.name)))
        }
        return Documentation(tag: path, query: query, answer: listSchema)
    }

    /// A plain array has all rows.
    private var onlyEnveloped: String { isBare ? "; only with `envelope=1`, else all rows are shown" : "" }

    private func isOwned(_ filter: String) -> Bool { target(ofFilter: filter)?.ownKey != nil }

    private func ownWords(_ filter: String) -> String {
        isOwned(filter) ? " An id, or `own_id:` and the shop's own key." : ""
    }

    package var oneDocumentation: Documentation {
        var query = [
            Documentation.Parameter("fields", ["type": "string"], "Members to show, comma separated.")
        ]
        if !expandable.isEmpty {
            query.append(Documentation.Parameter("expand", ["type": "string"], "Objects to inline."))
        }
        return Documentation(tag: path, query: query, answer: schemaReference)
    }

    package var writeDocumentation: Documentation {
        Documentation(tag: path, body: inputReference, answer: schemaReference)
    }
}

extension BatchWrite {
    func documentation(_ info: ResourceInfo) -> Documentation {
        Documentation(
            tag: info.path,
            query: [
                Documentation.Parameter(
                    "mode", ["type": "string", "enum": ["atomic", "partial"], "default": "atomic"],
                    "All or nothing, or each row for itself.")
            ],
            body: [
                "type": "array", "maxItems": 1000,
                "items": [
                    "type": "object", "required": ["method"],
                    "properties": [
                        "method": ["type": "string", "enum": .array(methods)],
                        "id": ["type": ["integer", "string"], "description": .string(naming(info))],
                        "body": ["type": "object"],
                    ],
                ],
            ],
            answer: [
                "type": "object", "required": ["results"],
                "properties": [
                    "results": [
                        "type": "array",
                        "items": [
                            "type": "object", "required": ["status", "body"],
                            "properties": ["status": ["type": "integer"], "body": ["type": "object"]],
                        ],
                    ]
                ],
            ])
    }

    private func naming(_ info: ResourceInfo) -> String {
        guard let key = info.ownKey else { return "An id; a POST has none." }
        return "An id, or `\(key):` and the shop's own key; a POST has none."
            + (create != nil && update != nil ? " A PUT of a key that none has yet makes it." : "")
    }

    private var methods: [JSON] {
        (create == nil ? [] : ["POST"]) + (update == nil ? [] : ["PUT", "PATCH"]) + (delete == nil ? [] : ["DELETE"])
    }
}

extension FieldKind {
    private var jsonTypes: [String] {
        switch self {
        case .integer, .flag: ["integer"]
        case .text, .link, .instant, .integerAsText, .flagAsText, .timed(.instant), .sealed: ["string"]
        case .amount, .decimal, .timed(.amount): ["number"]
        case .json: ["array", "object", "string", "number", "boolean", "null"]
        }
    }

    func answerSchema(nullable: Bool, about: String) -> JSON {
        var types = jsonTypes
        if nullable, !types.contains("null") { types.append("null") }
        var schema = JSONObject()
        schema.append("type", types.count == 1 ? .string(types[0]) : .array(types.map { .string($0) }))
        if self == .flag { schema.append("enum", nullable ? [0, 1, nil] : [0, 1]) }
        if self == .instant || self == .timed(.instant) { schema.append("examples", ["2026-03-01 14:05:00"]) }
        if !about.isEmpty { schema.append("description", .string(about)) }
        return .object(schema)
    }

    var filterSchema: JSON {
        switch self {
        case .integer, .flag, .integerAsText, .flagAsText: ["type": "integer"]
        case .amount, .decimal: ["type": "number"]
        default: ["type": "string"]
        }
    }
}

extension FieldInfo {
    /// Inputs are read loosely, so the schema says what is meant and not all that is taken.
    var inputSchema: JSON { inputSchema(nullable: isNullable) }

    func inputSchema(nullable: Bool) -> JSON {
        guard case .object(var schema) = kind.answerSchema(nullable: nullable, about: about) else { return [:] }
        if let choices { schema.append("enum", .array(choices.map { .string($0) })) }
        if let length { schema.append("maxLength", .number(JSONNumber(Int64(length.upperBound)))) }
        return .object(namesByOwnKey ? schema.takingOwnKeys(inList: referencesEach != nil) : schema)
    }
}

extension FieldInfo {
    /// Whether `own_id:ABC-1` may stand for the id.
    private var namesByOwnKey: Bool { (reference ?? referencesEach)?().ownKey != nil }
}

extension JSONObject {
    /// The schema of an id, or of a list of ids, for which the shop's own key may stand.
    fileprivate func takingOwnKeys(inList: Bool) -> JSONObject {
        let said = "An id, or `own_id:` and the shop's own key."
        let about = if case .string(let about)? = self["description"] { about + " " + said } else { said }
        var schema = without(inList ? ["type", "description"] : ["description"])
        if inList {
            schema.append("type", "array")
            schema.append("items", ["type": ["integer", "string"]])
        } else {
            let isNullable = if case .array? = self["type"] { true } else { false }
            schema = schema.without(["type"])
            schema.append("type", isNullable ? ["integer", "string", "null"] : ["integer", "string"])
        }
        schema.append("description", .string(about))
        return schema
    }
}

extension Embed {
    /// One row by itself.
    package var rowSchema: JSON {
        if showsValues, let item = plan.items.first {
            return item.kind.answerSchema(nullable: item.isNullable, about: item.about)
        }
        return [
            "type": "object", "properties": .object(plan.properties), "additionalProperties": false,
            "x-fields": .array(plan.items.map { .string($0.name) }),
        ]
    }
}

extension Plan {
    /// The members of the answer, in order.
    fileprivate var properties: JSONObject {
        var properties = JSONObject()
        for item in items {
            guard case .embed(let index) = item.source else {
                properties.append(item.name, item.kind.answerSchema(nullable: item.isNullable, about: item.about))
                continue
            }
            properties.append(
                item.name,
                ["type": "array", "description": .string(item.about), "items": embeds[index].rowSchema])
        }
        return properties
    }
}
