import Basics
import Commerce
import Persistence
import Resources

/// A call of a tool: it does what a client of the API would, by the same endpoints, and says so in few words.
struct ToolCall {
    static let limitDefault: Int64 = 10
    static let limitMax: Int64 = 100

    let call: Call
    let storage: any Storage

    init(_ call: Call, _ storage: any Storage) {
        (self.call, self.storage) = (call, storage)
    }

    private var level: AccessLevel { call.caller.level }

    /// The result of `tools/call`. What the shop refuses is told as the tool's answer, so that whoever called can mend it.
    func result(of params: JSONObject) async throws -> JSONObject {
        guard case .string(let name)? = params["name"], let tool = Tool.named(name) else {
            throw MCPError.parameters("Unknown tool: \(params["name"]?.words ?? "none was named")")
        }
        let given: JSONObject
        switch params["arguments"] {
        case nil, .null: given = JSONObject()
        case .object(let object): given = object
        default: throw MCPError.parameters("arguments is an object.")
        }
        do {
            return Self.result(try await text(tool, ToolArguments(given, of: tool)), isError: false)
        } catch {
            let problem = Fault.problem(for: error)
            if problem.kind == .internal { throw error }
            return Self.result(problem.toolText, isError: true)
        }
    }

    private static func result(_ text: String, isError: Bool) -> JSONObject {
        JSONObject([
            .init("content", [["type": "text", "text": .string(text)]]), .init("isError", .bool(isError)),
        ])
    }

    private func text(_ tool: Tool, _ arguments: ToolArguments) async throws -> String {
        switch tool.work {
        case .describe: return try ToolDescription(level).text(of: arguments.resource)
        case .action(let endpoint):
            try endpoint.require(level)
            return try await write(endpoint, arguments)
        case .plain(.search): return try await ToolSearch(self).text(arguments.resource, arguments.words)
        case .plain(.list):
            let endpoint = try Toolbox.shared.endpoint(.list, arguments.resource, upTo: level)
            return try await list(endpoint, arguments.query).text
        case .plain(.get):
            let endpoint = try Toolbox.shared.endpoint(.get, arguments.resource, upTo: level)
            return try await perform(endpoint, arguments).json.withoutEmpty.serialized
        case .plain(let verb):
            return try await write(Toolbox.shared.endpoint(verb, arguments.resource, upTo: level), arguments)
        }
    }

    /// A page of a list, in short unless it says which members it wants.
    func list(_ endpoint: Endpoint, _ query: [Query.Item]) async throws -> ToolPage {
        var query = query
        if let limit = query.first(where: { $0.name == "limit" })?.value {
            guard let number = WholeNumber(strict: limit)?.int64, number <= Self.limitMax else {
                throw Problem.invalid("?limit", "range", "must be from 0 to \(Self.limitMax)")
            }
        } else {
            query.append(.init(name: "limit", value: String(Self.limitDefault)))
        }
        let known = Set(endpoint.documentation.query.map(\.name))
        func add(_ name: String, _ value: String) {
            if known.contains(name), !query.contains(where: { $0.name == name }) {
                query.append(.init(name: name, value: value))
            }
        }
        add("envelope", "1")
        if let info = ResourceInfo.named(endpoint.documentation.tag) {
            add("fields", info.namesInShort.joined(separator: ","))
        }
        return try ToolPage(await perform(endpoint, parameters: [], query: query, body: nil).json)
    }

    private func write(_ endpoint: Endpoint, _ arguments: ToolArguments) async throws -> String {
        let answer = try await perform(endpoint, arguments)
        let isReplay = answer.headers.contains { $0.name == "Idempotent-Replayed" }
        let said = arguments.isDryRun ? "Dry run, nothing is stored" : isReplay ? "Was done before" : "Done"
        if let refusal = answer.refusal { throw refusal }
        let json = try answer.json
        let shown = answer.isSecret ? json : json.inShort(as: ResourceInfo.named(endpoint.documentation.tag))
        return "\(said): \(endpoint.name) \(shown.serialized)"
    }

    private func perform(_ endpoint: Endpoint, _ arguments: ToolArguments) async throws -> Answer {
        var names = endpoint.parameters[...]
        var parameters: [String] = []
        var body = arguments.body
        if names.popFirst() != nil {
            guard let id = arguments.id else { throw Problem.invalid("/id", "required", "is required") }
            parameters.append(id)
        } else if arguments.id != nil {
            throw Problem.invalid("/id", "unknown", "is not taken: there is no id for \(endpoint.noun)")
        }
        // What a path leaves open behind the id, such as a label, stands in the body.
        for name in names {
            guard case .object(let object)? = body, let value = object[name]?.words else {
                throw Problem.invalid("/\(name)", "required", "is required")
            }
            parameters.append(value)
            let rest = object.without([name])
            body = rest.members.isEmpty ? nil : .object(rest)
        }
        return try await perform(
            endpoint, parameters: parameters, query: arguments.query, body: body,
            Preferences(isStrict: true, isDryRun: arguments.isDryRun), key: arguments.idempotencyKey)
    }

    func perform(
        _ endpoint: Endpoint, parameters: [String], query: [Query.Item], body: JSON?,
        _ preferences: Preferences = Preferences(isStrict: true), key: String? = nil
    ) async throws -> Answer {
        try await call.services.get(Operations.self).answer(
            endpoint, for: call, parameters, Query(query), body, preferences, key: key, from: storage)
    }
}
