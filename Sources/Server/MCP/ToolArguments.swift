import Basics
import Resources

/// What a tool was told, checked against what it takes.
struct ToolArguments {
    let resource: String
    /// The id, or the shop's own key, as a path has it.
    let id: String?
    /// The words of a search.
    let words: String
    let query: [Query.Item]
    let body: JSON?
    let isDryRun: Bool
    let idempotencyKey: String?

    /// - Throws: all that is wrong with them.
    init(_ given: JSONObject, of tool: Tool) throws {
        let (names, required) = tool.arguments
        var faults: [Problem.FieldError] = given.members.filter { !names.contains($0.name) }.map {
            .init("/" + $0.name, "unknown", "is not taken; these are: " + names.joined(separator: ", "))
        }
        faults += required.filter { given[$0] ?? .null == .null }.map { .init("/" + $0, "required", "is required") }
        func read<T>(_ name: String, _ form: String, _ value: (JSON) -> T?) -> T? {
            guard let json = given[name], json != .null else { return nil }
            if let value = value(json) { return value }
            faults.append(.init("/" + name, "type", "must be " + form))
            return nil
        }
        resource = read("resource", "a text", \.asText) ?? ""
        id = read("id", "an id, or a text such as own_id:X", \.asID)
        let isSearch = if case .plain(.search) = tool.work { true } else { false }
        words = isSearch ? read("query", "a text", \.asText) ?? "" : ""
        query = isSearch ? [] : read("query", "an object of texts, numbers and lists of them", \.asQuery) ?? []
        body = read("body", "an object") { json in if case .object = json { json } else { json.asRows } }
        isDryRun = read("dry_run", "true or false", \.asFlag) ?? false
        idempotencyKey = read("idempotency_key", "a text of 1 to 255 characters") { json in
            json.asText.flatMap { (1...255).contains($0.utf8.count) ? $0 : nil }
        }
        if !faults.isEmpty { throw Problem.invalid(faults) }
    }
}

extension JSON {
    fileprivate var asText: String? { if case .string(let text) = self { text } else { nil } }

    fileprivate var asID: String? {
        switch self {
        case .string(let text) where !text.isEmpty: text
        case .number(let number): number.integer.map { String($0.int64) }
        default: nil
        }
    }

    fileprivate var asFlag: Bool? {
        switch self {
        case .bool(let flag): flag
        case 0: false
        case 1: true
        default: nil
        }
    }

    /// Several bodies at once, where an action takes that.
    fileprivate var asRows: JSON? { if case .array = self { self } else { nil } }

    /// Members as parameters of an address; a list is what has commas between.
    fileprivate var asQuery: [Query.Item]? {
        guard case .object(let object) = self else { return nil }
        let items = object.members.compactMap { member in
            member.value.asParameter.map { Query.Item(name: member.name, value: $0) }
        }
        return items.count == object.members.count ? items : nil
    }

    private var asParameter: String? {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "1" : "0"
        case .array(let elements):
            elements.allSatisfy { $0.words != nil } ? elements.compactMap(\.words).joined(separator: ",") : nil
        default: words
        }
    }
}
