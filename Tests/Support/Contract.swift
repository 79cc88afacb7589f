package import Basics
import Compression
import Resources
import Server
import Testing

/// Holds every answer of the test suite against the OpenAPI document.
package enum Contract {
    package static let document = ButikServer.documented(TestServer.publicURL)
    private static let router = Router(ButikServer.endpoints)

    /// Records an issue where an answer is not what the document says.
    package static func check(_ reply: Reply, _ method: String, _ path: String) {
        let target = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0]
        guard method != "HEAD", method != "OPTIONS", reply.status != 304,
            case .endpoint(let index, _) = router.match(method, target)
        else { return }
        let endpoint = router.endpoints[index]
        let operation = document["paths"][endpoint.template][endpoint.method.rawValue.lowercased()]
        let type = reply[header: "Content-Type"] ?? ""
        let response =
            [200, 206].contains(reply.status)
            ? operation["responses"]["200"] : resolve(operation["responses"]["default"])
        let content = response["content"]
        guard content.names.contains(type) else {
            Issue.record("\(method) \(endpoint.template) \(reply.status): \(type) is not documented")
            return
        }
        guard type.hasSuffix("json") else { return }
        let isPacked = reply[header: "Content-Encoding"] == "gzip"
        let bytes = isPacked ? Gzip.decompress(reply.body, atMost: 64 * 1_048_576) ?? [] : reply.body
        let answer = (try? JSONParser.parse(bytes)) ?? .null
        // A dry-run create has no id to show (CONTRACT 4).
        let id = resolve(content[type]["schema"])["properties"].names.first ?? ""
        let excused = reply[header: "Preference-Applied"] == "dry-run" ? "/\(id) is , not integer" : ""
        for fault in faults(in: answer, content[type]["schema"], at: "") where fault != excused {
            Issue.record("\(method) \(endpoint.template) \(reply.status): \(fault)")
        }
    }

    private static func resolve(_ schema: JSON) -> JSON {
        let reference = schema["$ref"].text
        guard reference.hasPrefix("#/") else { return schema }
        return reference.dropFirst(2).split(separator: "/").reduce(document) { $0[String($1)] }
    }

    /// JSON Schema, as much of it as the document uses.
    private static func faults(in value: JSON, _ schema: JSON, at path: String) -> [String] {
        let schema = resolve(schema)
        let options = schema["anyOf"].elements
        if !options.isEmpty {
            let results = options.map { faults(in: value, $0, at: path) }
            return results.contains { $0.isEmpty } ? [] : results.last ?? []
        }
        let types = schema["type"].elements.map(\.text) + [schema["type"].text].filter { !$0.isEmpty }
        if !types.isEmpty, !types.contains(where: { isType(value, $0) }) {
            return ["\(path) is \(value.text), not \(types.joined(separator: " or "))"]
        }
        let words = schema["enum"].elements
        if !words.isEmpty, !words.contains(value) { return ["\(path) is none of its words"] }
        switch value {
        case .object(let object): return members(of: object, schema, at: path)
        case .array(let elements):
            guard schema.names.contains("items") else { return [] }
            return elements.enumerated().flatMap { faults(in: $1, schema["items"], at: "\(path)/\($0)") }
        default: return []
        }
    }

    private static func members(of object: JSONObject, _ schema: JSON, at path: String) -> [String] {
        let properties = schema["properties"]
        var found = schema["required"].elements.filter { object[$0.text] == nil }.map {
            "\(path)/\($0.text) is missing"
        }
        for member in object.members {
            if properties.names.contains(member.name) {
                found += faults(in: member.value, properties[member.name], at: "\(path)/\(member.name)")
            } else if schema["additionalProperties"] == false {
                found.append("\(path)/\(member.name) is not documented")
            }
        }
        return found
    }

    private static func isType(_ value: JSON, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.array, "array"), (.object, "object"): true
        case (.number, "number"): true
        case (.number(let number), "integer"): number.integer != nil
        default: false
        }
    }
}
