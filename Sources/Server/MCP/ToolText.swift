import Areas
import Basics
import Resources

/// How a tool says what the API answered: in few words, for whoever reads it pays by the word.
extension JSON {
    /// Without the members that hold nothing, at any depth.
    var withoutEmpty: JSON {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { JSONObject.Member($0.name, $0.value.withoutEmpty) }.filter {
                        !$0.value.isEmpty
                    }))
        case .array(let elements): .array(elements.map(\.withoutEmpty))
        default: self
        }
    }

    private var isEmpty: Bool {
        switch self {
        case .null, .string(""), .array([]): true
        case .object(let object): object.members.isEmpty
        default: false
        }
    }

    /// Of a row, what it is found and told from others by; what is no row of the resource stays whole.
    func inShort(as info: ResourceInfo?) -> JSON {
        guard let info, case .object(let object) = self, object[info.key] != nil else { return withoutEmpty }
        let names = Set(info.namesInShort + ["deleted"])
        return JSON.object(JSONObject(object.members.filter { names.contains($0.name) })).withoutEmpty
    }
}

extension ResourceInfo {
    /// The kind of object of a path, among all there are.
    static func named(_ path: String) -> ResourceInfo? { byPath[path] }

    private static let byPath = Dictionary(House.documented.map { ($0.path, $0) }) { first, _ in first }

    /// The members that a row is found by and told from others.
    var namesInShort: [String] {
        let names = fields.filter { field in
            !field.isHidden && field.kind != .json
                && (field.isFilterable || field.isSortable || field.name == key || field.name == "name")
        }.map(\.name)
        return names + plan.embeds.filter(\.showsValues).map(\.name)
    }
}

extension Answer {
    var json: JSON { get throws { try JSONParser.parse(body) } }

    /// Why it is none, where an earlier request with the same key was refused.
    var refusal: Problem? {
        guard status >= 400, let kind = Problem.Kind(rawValue: status) else { return nil }
        guard case .object(let object)? = try? json else { return Problem(kind, "gone", "It was deleted.") }
        var problem = Problem(kind, object["code"]?.words ?? "", object["detail"]?.words ?? "")
        if case .array(let errors)? = object["errors"] {
            problem.errors = errors.compactMap { error in
                guard case .object(let error) = error else { return nil }
                return .init(error["pointer"]?.words ?? "", error["code"]?.words ?? "", error["message"]?.words ?? "")
            }
        }
        return problem
    }
}

extension Problem {
    /// What went wrong, where, and when it may go better.
    var toolText: String {
        let places = errors.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer) \($0.message)" }
        let wait = headers.first { $0.name == "Retry-After" }.map { ["Try again in \($0.value) s."] } ?? []
        return (["\(kind.rawValue) \(code): \(detail)"] + places + wait).joined(separator: "\n")
    }
}
