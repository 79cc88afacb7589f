package import Basics
import Persistence

extension Transaction {
    /// A body with ids in the place of `own_id:ABC-1`.
    package func withoutOwnKeys(_ body: JSONObject, of info: ResourceInfo) throws -> JSONObject {
        try withoutOwnKeys([body], of: info).first ?? body
    }

    /// Bodies with ids in the place of `own_id:ABC-1` wherever a field names a row that has a key of the shop's own, so that an
    /// ERP needs none of ours. One query for each kind of row.
    func withoutOwnKeys(_ bodies: [JSONObject], of info: ResourceInfo) throws -> [JSONObject] {
        guard bodies.contains(where: { $0.hasOwnKeys(of: info) }) else { return bodies }
        var bodies = bodies
        for (field, target) in info.ownKeyTargets {
            let named = Set(bodies.flatMap { $0.ownKeys(in: field, of: target) })
            guard !named.isEmpty else { continue }
            let ids = try ids(named.sorted().map { .own($0) }, of: target)
            bodies = try bodies.map { try $0.replacingOwnKeys(in: field, of: target, by: ids) }
        }
        return bodies
    }
}

extension ResourceInfo {
    /// The fields that name a row which has a key of the shop's own.
    fileprivate var ownKeyTargets: [(FieldInfo, ResourceInfo)] {
        fields.compactMap { field in field.ownKeyTarget.map { (field, $0) } }
    }
}

extension FieldInfo {
    /// What it names rows of, where those have a key of the shop's own.
    fileprivate var ownKeyTarget: ResourceInfo? {
        guard let target = (reference ?? referencesEach)?(), target.ownKey != nil else { return nil }
        return target
    }
}

extension JSON {
    /// Whether it has the looks of `own_id:ABC-1`, or of a list of such.
    fileprivate var mayNameByOwnKey: Bool {
        switch self {
        case .string(let text): text.utf8.contains(UInt8(ascii: ":"))
        case .array: true
        default: false
        }
    }

    /// The key in `own_id:ABC-1`; nil for everything else.
    package func ownKey(of info: ResourceInfo) -> ExactText? {
        guard case .string(let text) = self, case .own(let own)? = RowAddress(text, of: info) else { return nil }
        return own
    }
}

extension JSONObject {
    /// Whether a row is named by a key of the shop's own somewhere.
    func hasOwnKeys(of info: ResourceInfo) -> Bool {
        members.contains { member in
            guard member.value.mayNameByOwnKey, let place = info.places[member.name],
                case let field = info.fields[place], field.name == member.name, let target = field.ownKeyTarget
            else { return false }
            return !ownKeys(in: field, of: target).isEmpty
        }
    }

    fileprivate func ownKeys(in field: FieldInfo, of target: ResourceInfo) -> [ExactText] {
        switch self[field.name] {
        case .array(let elements): elements.compactMap { $0.ownKey(of: target) }
        case let value?: [value.ownKey(of: target)].compactMap { $0 }
        case nil: []
        }
    }

    fileprivate func replacingOwnKeys(
        in field: FieldInfo, of target: ResourceInfo, by ids: [RowAddress: Int64]
    ) throws -> JSONObject {
        func replaced(_ value: JSON, at pointer: String) throws -> JSON {
            guard let own = value.ownKey(of: target) else { return value }
            guard let id = ids[.own(own)] else {
                throw Problem.invalid(
                    pointer, "unknown_\(target.path)", "\(own.text) names no \(target.path) of this shop")
            }
            return .number(JSONNumber(id))
        }
        let members = try members.map { member -> Member in
            guard member.name == field.name else { return member }
            let pointer = "/" + field.name
            guard case .array(let elements) = member.value else {
                return Member(member.name, try replaced(member.value, at: pointer))
            }
            return Member(
                member.name, .array(try elements.enumerated().map { try replaced($1, at: "\(pointer)/\($0)") }))
        }
        return JSONObject(members)
    }
}

extension JSONObject {
    /// The body of a new row that a PUT names by the shop's own key; it may say the same key, and no other.
    func named(_ own: ExactText, by key: String) throws -> JSONObject {
        let said = self[key] ?? .null
        guard said == .null || said == "" || said.words.map({ ExactText($0.asKey) }) == own else {
            throw Problem.malformed(
                "other_\(key)",
                "The address names \(key) \(own.text), which no row has, and the body \(said.words ?? said.serialized): "
                    + "name the row that is to be changed, or one key in both.")
        }
        var named = without([key])
        named.append(key, .string(own.text))
        return named
    }
}
