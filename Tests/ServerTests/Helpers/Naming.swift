import Areas
import Basics
import Commerce
import Resources
import Support
import Testing

/// One way in which a row names another, so that the deletion of the other can be raced against it.
struct Naming: CustomTestStringConvertible, Sendable {
    /// What is to be deleted, the id by which it is named, and what a body says to name it.
    struct Target: Sendable {
        let path: String
        let id: Int64
        let body: JSONObject
    }

    /// The resource whose row names it.
    let row: String
    /// Where the row shows whom it names, and in lists of objects under which key.
    let member: String
    var key = ""
    /// Whether the row is made with the name, or there before.
    let isNew: Bool
    let target: @Sendable (Example) async throws -> Target

    var testDescription: String { "\(isNew ? "POST" : "PUT") \(row): \(member) \(key)" }

    /// Whether a row as it is shown names an id.
    func names(_ id: Int64, in json: JSON) -> Bool {
        func isNamed(_ json: JSON) -> Bool {
            switch json {
            case .array(let elements): elements.contains(where: isNamed)
            case .object(let object): object[key].map(isNamed) ?? false
            case .number(let number): number.integer?.int64 == id
            case .string(let text): text == String(id)
            default: false
            }
        }
        return isNamed(json[member])
    }

    // MARK: Those that declarations say

    /// Every field that refers to something that can be deleted.
    static let declared: [Naming] = House.documented.flatMap { info in
        info.writable.flatMap { field -> [Naming] in
            guard let target = (field.reference ?? field.referencesEach)?(), target.verbs.contains(.delete) else {
                return []
            }
            let isList = field.referencesEach != nil
            return both(of: info.path, field.name) { example in
                try await made(target.path, example) { isList ? .member(field.name, [$0]) : .member(field.name, $0) }
            }
        }
    }

    // MARK: Those with guards of their own

    static let others: [Naming] =
        both(of: "product", "profile_id") { example in
            try await made("profile", example) { ["profile_id": $0] }
        }
        + both(of: "product", "bundle") { example in
            try await made("product", example) { ["bundle": [$0]] }
        }
        + both(of: "product", "product_labels", "product_label_id") { example in
            try await made("product-label", example) { ["product_labels": [$0]] }
        }
        + both(of: "product", "stock_settings", "attribute_value_id") { example in
            let (profile, attribute) = try await attribute(example, ["is_variant": 1])
            return try await value(of: attribute, example) {
                ["profile_id": profile, "stock_settings": [["attribute_value_id": $0]]]
            }
        }
        + both(of: "product", "stock_settings", "attribute_id") { example in
            let (profile, attribute) = try await attribute(example, ["is_variant": 1])
            let value = try await value(of: attribute, example) { _ in [:] }
            let rows: JSON = [["attribute_value_id": .number(value.id)]]
            return target("profile-attribute", attribute, ["profile_id": profile, "stock_settings": rows])
        }
        + both(of: "product", "attributes", "value") { example in
            let (profile, attribute) = try await attribute(example)
            return try await value(of: attribute, example) {
                ["profile_id": profile, "attributes": [["attribute_id": attribute, "value": $0]]]
            }
        }
        + both(of: "product", "attributes", "attribute_id") { example in
            let (profile, attribute) = try await attribute(example, ["data_type": "text"])
            let rows: JSON = [["attribute_id": attribute, "value": "Wool"]]
            return target("profile-attribute", attribute, ["profile_id": profile, "attributes": rows])
        }
        + both(of: "landing-page", "rule", "brands") { example in
            try await made("brand", example) { ["rule": ["brands": [$0]]] }
        }

    private static func both(
        of row: String, _ member: String, _ key: String = "",
        _ target: @escaping @Sendable (Example) async throws -> Target
    ) -> [Naming] {
        [true, false].map { Naming(row: row, member: member, key: key, isNew: $0, target: target) }
    }

    private static func made(
        _ path: String, _ example: Example, _ body: (JSON) -> JSON
    ) async throws -> Target {
        let reply = try await example.shop.post(path, example.minimum(path))
        try #require(reply.status == 200, "\(reply.text)")
        let id = reply.json[try ResourceInfo.at(path).key]
        return target(path, id, body(id))
    }

    private static func target(_ path: String, _ id: JSON, _ body: JSON) -> Target {
        guard case .object(let body) = body else { return Target(path: path, id: id.integer, body: JSONObject()) }
        return Target(path: path, id: id.integer, body: body)
    }

    /// An attribute of a profile of its own.
    private static func attribute(_ example: Example, _ more: JSON = [:]) async throws -> (profile: JSON, id: JSON) {
        let profile = try await example.shop.post("profile", ["name": "Shoe"]).json["profile_id"]
        let body = more.adding(["name": "Size", "profile_id": profile])
        let reply = try await example.shop.post("profile-attribute", body)
        try #require(reply.status == 200, "\(reply.text)")
        return (profile, reply.json["attribute_id"])
    }

    private static func value(of attribute: JSON, _ example: Example, _ body: (JSON) -> JSON) async throws -> Target {
        let reply = try await example.shop.post("profile-attribute-value", ["val": "42", "attribute_id": attribute])
        try #require(reply.status == 200, "\(reply.text)")
        let id = reply.json["attribute_value_id"]
        return target("profile-attribute-value", id, body(id))
    }
}

extension JSON {
    /// An object with members of another in place of its own.
    func adding(_ other: JSON) -> JSON {
        guard case .object(let own) = self, case .object(let other) = other else { return self }
        return .object(JSONObject(own.members.filter { other[$0.name] == nil } + other.members))
    }
}
