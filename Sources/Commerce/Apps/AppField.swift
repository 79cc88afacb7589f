import Basics
import Resources

/// Something that a shop fills in when it installs an app (seed 002, "Meta data").
struct AppField: Body {
    let name: String
    let label: String
    let type: Kind
    let isRequired: Bool
    let preset: JSON?
    let options: JSON?
    let isExternal: Bool

    enum Kind: String, Choice {
        case text, integer, boolean, list, color, richtext, code
    }

    static let about = """
        What a shop fills in: `{name, label, type, required, default, options, is_external}`; types `text integer boolean list color \
        richtext code`. `options` of a list is `{"key": "label"}` or a list of texts; an external list is asked for at the callback URL.
        """

    static let schema = BodySchema(
        AppField.init,
        Field("name", \.name, .required, .length(1...64)),
        Field("label", \.label, .length(0...255)),
        Field("type", \.type, .required),
        Field("required", \.isRequired),
        Field("default", \.preset),
        Field("options", \.options),
        Field("is_external", \.isExternal))

    private static let countMax = 100
    private static let optionsMax = 1000

    /// A declaration's fields in one form, with what it left out.
    /// - Throws: all that is wrong with them, by its place.
    static func settled(_ text: JSONText, for tenant: Tenant) throws -> JSONText {
        let fields = try read(text, for: tenant)
        var faults: [Problem.FieldError] = []
        var names: Set<ExactText> = []
        for (index, field) in fields.enumerated() {
            if !names.insert(ExactText(field.name)).inserted {
                faults.append(.init("/fields/\(index)/name", "duplicate", "is the name of an earlier field"))
            }
            if let preset = field.preset, field.type != .list || !field.isExternal {
                do throws(FieldFault) { _ = try field.value(preset) } catch {
                    faults.append(.init("/fields/\(index)/default", error.code, error.message))
                }
            }
        }
        if !faults.isEmpty { throw Problem.invalid(faults) }
        return JSONText(JSON.array(fields.map(\.json)).serialized)
    }

    /// The fields of a declaration that was kept.
    static func list(_ text: JSONText) throws -> [AppField] { try read(text, for: .none) }

    private static func read(_ text: JSONText, for tenant: Tenant) throws -> [AppField] {
        try BodyReader.reading(for: tenant, isStrict: false) { [json = try text.json] reader throws(NotRead) in
            let info = FieldInfo(
                name: "fields", kind: .json, isNullable: false, rules: [.count(0...countMax)], isList: true)
            return try [AppField].read(json, as: info, at: "/fields", &reader)
        }
    }

    var faults: [Problem.FieldError] {
        var faults: [Problem.FieldError] = []
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte < 0x7B || byte == 0x5F
        }
        if !isName { faults.append(.init("/name", "name", "must be of a-z, A-Z, 0-9 and _, as templates name it")) }
        if isExternal, type != .list { faults.append(.init("/is_external", "type", "is for a field of type list")) }
        if type == .list, !isExternal, choices.isEmpty {
            faults.append(.init("/options", "required", "must have the list's values: {\"key\": \"label\"}"))
        }
        if choices.count != optionCount || choices.count > Self.optionsMax {
            faults.append(
                .init("/options", "options", "must be {\"key\": \"label\"}, at most \(Self.optionsMax) of them"))
        }
        return faults
    }

    /// How many options are written, whatever they are.
    private var optionCount: Int {
        switch options {
        case nil, .null, "": 0
        case .object(let object): object.members.count
        case .array(let items): items.count
        default: 1
        }
    }

    /// The keys and labels of its list.
    var choices: [(key: String, label: String)] {
        switch options {
        case .object(let object): object.members.compactMap { member in member.value.words.map { (member.name, $0) } }
        case .array(let items): items.compactMap { item in item.words.map { ($0, $0) } }
        default: []
        }
    }

    var json: JSON { json(with: choices) }

    /// As it is shown with the values of its list.
    func json(with choices: [(key: String, label: String)]) -> JSON {
        [
            "name": .string(name), "label": .string(label.isEmpty ? name : label), "type": .string(type.rawValue),
            "required": isRequired ? 1 : 0, "default": preset ?? .null,
            "options": .object(JSONObject(choices.map { .init($0.key, .string($0.label)) })),
            "is_external": isExternal ? 1 : 0,
        ]
    }
}
