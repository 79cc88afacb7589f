import Basics
import Resources

/// The tool `search`: products by the shop's own search; of everything else the rows whose keys begin with the words.
struct ToolSearch {
    private let tool: ToolCall

    init(_ tool: ToolCall) {
        self.tool = tool
    }

    func text(_ resource: String, _ words: String) async throws -> String {
        let level = tool.call.caller.level
        if Toolbox.shared.plain[.search]?[resource] != nil {
            let endpoint = try Toolbox.shared.endpoint(.search, resource, upTo: level)
            return try await tool.list(endpoint, [.init(name: "q", value: words)]).text
        }
        guard let info = ResourceInfo.named(resource), info.isSearched else {
            throw Problem.invalid("/resource", "unknown", "has nothing to search; describe lists what has")
        }
        let endpoint = try Toolbox.shared.endpoint(.list, resource, upTo: level)
        return try await rows(info.looks(for: words), endpoint, info).text
    }

    /// The rows that any of the looks finds, each once.
    private func rows(_ looks: [Query.Item], _ endpoint: Endpoint, _ info: ResourceInfo) async throws -> ToolPage {
        var found: [JSON] = []
        for look in looks where found.count < ToolCall.limitDefault {
            for row in try await tool.list(endpoint, [look]).rows where !found.contains(row) { found.append(row) }
        }
        return ToolPage(.array(Array(found.prefix(Int(ToolCall.limitDefault)))))
    }
}

extension ResourceInfo {
    /// Whether its rows have texts by which they are looked for.
    var isSearched: Bool { fields.contains(where: \.isLookedFor) }

    /// What asks for rows by words: whole numbers for what they are, texts for how they begin.
    fileprivate func looks(for words: String) -> [Query.Item] {
        let isNumber = WholeNumber(strict: words) != nil
        return fields.compactMap { field in
            if field.isLookedFor { return Query.Item(name: field.name + "[prefix]", value: words) }
            let isOfNumbers = field.kind == .integer && field.isFilterable && (field.name == key || field.isSortable)
            return isNumber && isOfNumbers ? Query.Item(name: field.name, value: words) : nil
        }
    }
}

extension FieldInfo {
    /// Whether it is a text that rows are found by, and no word of a list.
    fileprivate var isLookedFor: Bool {
        kind == .text && isFilterable && choices == nil && (isKey || isSortable)
    }
}
