import Basics
import Resources

/// The tool `describe`: what there is, in the words of the declarations.
struct ToolDescription {
    private let level: AccessLevel
    private let box = Toolbox.shared

    init(_ level: AccessLevel) {
        self.level = level
    }

    /// - Parameter noun: a resource; empty for all.
    func text(of noun: String) throws -> String {
        if noun.isEmpty { return box.nouns(upTo: level).map(line).joined(separator: "\n") }
        let verbs = box.verbs(of: noun, upTo: level)
        guard !verbs.isEmpty else {
            throw Problem.invalid("/resource", "unknown", "is none; describe without one lists what there is")
        }
        var lines = [line(noun)]
        if let info = ResourceInfo.named(noun) { lines += members(of: info) }
        for verb in verbs { lines += box.plain[verb]?[noun].map { use($0, verb) } ?? [] }
        return lines.joined(separator: "\n")
    }

    /// `order: search list get, cancel_order label_order`
    private func line(_ noun: String) -> String {
        let verbs = box.verbs(of: noun, upTo: level).map(\.rawValue).joined(separator: " ")
        let actions = box.actions(on: noun, upTo: level).map(\.name)
        return "\(noun): \(verbs)" + (actions.isEmpty ? "" : "; tools: " + actions.joined(separator: " "))
    }

    private func members(of info: ResourceInfo) -> [String] {
        let about = info.about.isEmpty ? [] : [info.about]
        let fields = info.fields.filter { !$0.isHidden || $0.isSecret }.map(\.line)
        let fieldNames = Set(info.fields.map(\.name))
        let also = info.plan.items.filter { !fieldNames.contains($0.name) }.map { item in
            let rows = info.plan.embeds.first { $0.name == item.name }
            return item.name + (rows.map { " " + $0.words } ?? " (read only)")
                + (item.about.isEmpty ? "" : ": \(item.about)")
        }
        return about + ["members (* needed to create, f filter, s sort, a list of `=` choices):"] + fields + also
    }

    /// What an endpoint takes that the members do not tell.
    private func use(_ endpoint: Endpoint, _ verb: Toolbox.Verb) -> [String] {
        let isNamed = ResourceInfo.named(endpoint.noun) != nil
        let fields = Set(ResourceInfo.named(endpoint.noun)?.fields.map(\.name) ?? [])
        let common: Set = ["limit", "offset", "after", "sort", "fields", "envelope", "include_removed"]
        let query = endpoint.documentation.query.filter {
            !fields.contains($0.name) && !(isNamed && common.contains($0.name))
        }
        var lines = query.map { "\(verb) query \($0.name): \($0.about)" }
        if !isNamed { lines.insert("\(verb): \(endpoint.summary)", at: 0) }
        let body = endpoint.toolBody
        if let body, body != ["type": "object"], !body.isReference {
            lines.append("\(verb) body: \(body.serialized)")
        }
        return lines
    }
}

extension FieldInfo {
    /// `status text fs =new,sent: about`
    fileprivate var line: String {
        let marks = (isRequired ? "*" : "") + (isFilterable ? "f" : "") + (isSortable ? "s" : "")
        var line = "\(name) \(kind.word)" + (marks.isEmpty ? "" : " " + marks)
        if isReadOnly { line += " (read only)" }
        if let choices { line += " =" + choices.joined(separator: ",") }
        if let info = (reference ?? referencesEach)?() { line += " of \(info.path)" }
        return about.isEmpty ? line : "\(line): \(about)"
    }
}

extension Embed {
    /// What its rows are: `list of image_id, url`.
    fileprivate var words: String {
        "list of " + (showsValues ? "texts" : plan.items.map(\.name).joined(separator: ", "))
    }
}

extension FieldKind {
    fileprivate var word: String {
        switch self {
        case .integer, .integerAsText: "integer"
        case .flag, .flagAsText: "0/1"
        case .amount, .decimal, .timed(.amount): "number"
        case .instant, .timed(.instant): "time"
        case .json: "json"
        case .text, .link, .sealed: "text"
        }
    }
}

extension JSON {
    /// Whether it only names a schema of the OpenAPI document.
    var isReference: Bool { if case .object(let object) = self { object["$ref"] != nil } else { false } }
}
