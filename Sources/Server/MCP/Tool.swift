import Basics
import Resources

/// A tool as clients are shown it.
struct Tool: Sendable {
    enum Work: Sendable {
        case describe
        case plain(Toolbox.Verb)
        case action(Endpoint)
    }

    let name: String
    let work: Work
    private let about: String

    /// All there are for tokens of a level, always in the same order.
    static func all(upTo level: AccessLevel) -> [Tool] { every.filter { $0.isOpen(to: level) } }

    static func named(_ name: String) -> Tool? { every.first { $0.name == name } }

    private static let every =
        [
            Tool(
                name: "describe", work: .describe,
                about: "What resources there are; of one: its members, filters and actions.")
        ]
        + Toolbox.Verb.allCases.map { Tool(name: $0.rawValue, work: .plain($0), about: $0.about) }
        + Toolbox.shared.actions.map { Tool(name: $0.name, work: .action($0), about: $0.summary) }

    private func isOpen(to level: AccessLevel) -> Bool {
        switch work {
        case .describe: true
        case .plain(let verb): !verb.isWrite || level > .read
        case .action(let endpoint): endpoint.isOpen(to: level)
        }
    }

    private var isWrite: Bool {
        switch work {
        case .describe: false
        case .plain(let verb): verb.isWrite
        case .action: true
        }
    }

    // MARK: What it takes

    /// The names of its arguments, and which of them must be there.
    var arguments: (names: [String], required: [String]) {
        let writing = ["dry_run", "idempotency_key"]
        switch work {
        case .describe: return (["resource"], [])
        case .plain(.search): return (["resource", "query"], ["resource", "query"])
        case .plain(.list): return (["resource", "query"], ["resource"])
        case .plain(.get): return (["resource", "id", "query"], ["resource"])
        case .plain(.create): return (["resource", "id", "body"] + writing, ["resource", "body"])
        case .plain(.update): return (["resource", "id", "body"] + writing, ["resource", "body"])
        case .plain(.delete): return (["resource", "id", "body"] + writing, ["resource", "id"])
        case .action(let endpoint):
            let id = endpoint.parameters.isEmpty ? [] : ["id"]
            let body = endpoint.toolBody == nil ? [] : ["body"]
            let needsBody =
                endpoint.parameters.count > 1
                || endpoint.documentation.body != nil && endpoint.documentation.isBodyRequired
            return (id + body + writing, id + (needsBody ? body : []))
        }
    }

    var json: JSON {
        let (names, required) = arguments
        var schema = JSONObject([
            .init("type", "object"),
            .init("properties", .object(JSONObject(names.map { .init($0, property($0)) }))),
        ])
        if !required.isEmpty { schema.append("required", .array(required.map { .string($0) })) }
        schema.append("additionalProperties", false)
        return [
            "name": .string(name), "description": .string(about), "inputSchema": .object(schema),
            "annotations": annotations,
        ]
    }

    private func property(_ name: String) -> JSON {
        switch (name, work) {
        case ("resource", _): ["type": "string"]
        case ("id", _): ["type": ["integer", "string"]]
        case ("query", .plain(.search)): ["type": "string"]
        case ("query", _): ["type": "object"]
        case ("body", .action(let endpoint)): endpoint.toolBody ?? ["type": "object"]
        case ("body", _): ["type": "object"]
        case ("dry_run", _): ["type": "boolean"]
        default: ["type": "string"]
        }
    }

    /// MCP, "Tool annotations". What is not said counts as the worst.
    private var annotations: JSON {
        switch work {
        case .describe: ["readOnlyHint": true]
        case .plain(let verb) where !verb.isWrite: ["readOnlyHint": true]
        case .plain(.create): ["destructiveHint": false]
        case .plain: ["idempotentHint": true]
        case .action(let endpoint): endpoint.method == .post ? [:] : ["idempotentHint": true]
        }
    }
}

extension Toolbox.Verb {
    var isWrite: Bool {
        switch self {
        case .search, .list, .get: false
        case .create, .update, .delete: true
        }
    }

    fileprivate var about: String {
        switch self {
        case .search: "Finds rows by words: products by all their words, others by how their names and numbers begin."
        case .list:
            """
            Lists rows in short. query: filters as `describe` shows them ("price[gte]": 100), sort, fields, limit \
            (\(ToolCall.limitDefault), at most \(ToolCall.limitMax)), after.
            """
        case .get: "Shows one row, without what is empty. id: its id, or own_id:X. query: fields, expand."
        case .create: "Makes a row. dry_run tries it and stores nothing."
        case .update: "Changes a row: members left out keep their value."
        case .delete: "Deletes a row."
        }
    }
}

extension Endpoint {
    /// What an action takes as its body: its own, and what its path leaves open behind the id. Nil where it takes none.
    var toolBody: JSON? {
        let named = parameters.dropFirst()
        // Its members are told by `describe`.
        if let body = documentation.body, body.isReference { return ["type": "object"] }
        guard !named.isEmpty else { return documentation.body }
        let properties = JSONObject(named.map { .init($0, ["type": $0.hasSuffix("_id") ? "integer" : "string"]) })
        guard case .object(let body)? = documentation.body, case .object(let own)? = body["properties"] else {
            return ["type": "object", "required": .array(named.map { .string($0) }), "properties": .object(properties)]
        }
        return .object(body.setting("properties", .object(JSONObject(properties.members + own.members))))
    }
}
