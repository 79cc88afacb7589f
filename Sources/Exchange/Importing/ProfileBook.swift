import Basics
import Commerce
import Persistence
import Resources

/// The profiles of a shop by name, with their attributes and values; what a file has and the shop has not is made.
struct ProfileBook: Sendable {
    /// A profile as the shop has it.
    struct Known: Sendable {
        let id: Int64
        /// The last place in its list of attributes.
        var weight: Int64 = 0
        var attributes: ByText<Attribute> = [:]

        /// Whether shoppers choose by something already; a further choice would be one for all products of the profile.
        var hasChoices: Bool { attributes.entries.values.contains(where: \.isVariant) }
    }

    struct Attribute: Sendable {
        let id: Int64
        let isList: Bool
        let isVariant: Bool
        /// The last place in its list of values.
        var weight: Int64 = 0
        var values: ByText<Int64> = [:]
    }

    private var profiles: ByText<Known> = [:]

    /// Asks for the profiles that are new to us, then for their values, and for the attributes of each that was found.
    mutating func learn(_ names: [String], in tx: Transaction) throws {
        let unknown = Set(exact: names).filter { profiles[$0] == nil }
        guard !unknown.isEmpty else { return }
        let rows = try tx.db.rows(
            """
            SELECT profile_id, name FROM profiles WHERE webshop_id = \(tx.shop)
            AND name IN (\(SQL.list(unknown.texts))) AND removed_on IS NULL ORDER BY profile_id DESC
            """)
        for row in rows { profiles[try row["name"]] = Known(id: try row["profile_id"]) }
        let found = profiles.entries.filter { unknown.contains($0.key) }
        let values = try values(of: found.values.map(\.id), in: tx)
        for (name, known) in found { profiles[name] = try filled(known, values, in: tx) }
    }

    private typealias Value = (id: Int64, val: String, weight: Int64)

    private func values(of profiles: [Int64], in tx: Transaction) throws -> [Int64: [Value]] {
        guard !profiles.isEmpty else { return [:] }
        let rows = try tx.db.rows(
            """
            SELECT v.attribute_id, v.attribute_value_id, v.val, v.weight FROM profile_attribute_values v
            JOIN profile_attributes a ON a.webshop_id = v.webshop_id AND a.attribute_id = v.attribute_id
            WHERE v.webshop_id = \(tx.shop) AND a.profile_id IN (\(SQL.list(profiles.sorted()))) AND v.removed_on IS NULL
            """)
        return try rows.reduce(into: [:]) { values, row in
            values[try row["attribute_id"], default: []].append(
                (try row["attribute_value_id"], try row["val"], try row["weight"]))
        }
    }

    private func filled(_ known: Known, _ values: [Int64: [Value]], in tx: Transaction) throws -> Known {
        var known = known
        let rows = try tx.db.rows(
            """
            SELECT attribute_id, name, data_type, weight, is_variant FROM profile_attributes WHERE webshop_id = \(tx.shop)
            AND profile_id = \(known.id) AND removed_on IS NULL ORDER BY weight DESC, attribute_id DESC
            """)
        for row in rows {
            let id: Int64 = try row["attribute_id"]
            let type = try ProfileAttribute.DataType(column: row["data_type"])
            let list = values[id] ?? []
            known.attributes[try row["name"]] = Attribute(
                id: id, isList: type.isList, isVariant: try row["is_variant"], weight: list.map(\.weight).max() ?? 0,
                values: ByText(list.map { ($0.val, $0.id) }))
            known.weight = max(known.weight, try row["weight"])
        }
        return known
    }

    // MARK: Making what is missing

    /// The profile of a definition `{name, attributes: [{name, data_type, is_variant, values: [{val, color, weight}]}]}`,
    /// with what a product of it says beyond that.
    mutating func profile(_ definition: Definition, of body: JSONObject, in tx: Transaction) throws -> Known {
        let definition = definition.completed(by: body, profiles[definition.name])
        if let known = profiles[definition.name], !lacks(known, definition) { return known }
        do {
            let made = try tx.savepoint { try make(definition, profiles[definition.name], in: tx) }
            profiles[definition.name] = made
            return made
        } catch let problem as Problem {
            throw problem.within("/profile")
        }
    }

    private func lacks(_ known: Known, _ definition: Definition) -> Bool {
        definition.attributes.contains { attribute in
            guard let there = known.attributes[attribute.name] else { return true }
            return there.isList && attribute.values.contains { there.values[$0.name] == nil }
        }
    }

    private func make(_ definition: Definition, _ known: Known?, in tx: Transaction) throws -> Known {
        var profile = try known ?? Known(id: tx.make(Profile.self, from: definition.body.without(["attributes"])).id)
        for wish in definition.attributes {
            var attribute = try profile.attributes[wish.name] ?? insert(wish, into: &profile, in: tx)
            if attribute.isList { try addValues(wish.values, to: &attribute, in: tx) }
            profile.attributes[wish.name] = attribute
        }
        return profile
    }

    private func insert(_ wish: Definition, into profile: inout Known, in tx: Transaction) throws -> Attribute {
        let weight = Weight.next(after: profile.weight)
        let made = try tx.make(
            ProfileAttribute.self, from: wish.body.without(["values", "weight"]),
            giving: ["profile_id": profile.id, "weight": weight])
        profile.weight = weight
        return Attribute(id: made.id, isList: made.value.dataType.isList, isVariant: made.value.isVariant)
    }

    private func addValues(_ wishes: [Definition], to attribute: inout Attribute, in tx: Transaction) throws {
        for wish in wishes where attribute.values[wish.name] == nil {
            var own = ["attribute_id": attribute.id]
            if wish.body["weight"] == nil { own["weight"] = Weight.next(after: attribute.weight) }
            let made = try tx.make(ProfileAttributeValue.self, from: wish.body, giving: own)
            attribute.values[wish.name] = made.id
            attribute.weight = max(attribute.weight, made.value.weight)
        }
    }
}

extension Definition {
    /// The attributes of a profile, each with its name.
    fileprivate var attributes: [Definition] { body.list("attributes").compactMap { Definition($0) } }

    /// The values of an attribute, each with `val` as its name.
    fileprivate var values: [Definition] {
        body.list("values").compactMap { value in
            guard case .object(let object) = value, let val = object["val"]?.words else { return Definition(value) }
            return Definition(.object(JSONObject([.init("name", .string(val))] + object.members)))
        }
    }
}
