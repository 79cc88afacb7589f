import Basics
import Persistence

/// One field of a resource or one member of a body: its name on the wire, its place in the struct, its rules.
package final class Field<Root, Value: BodyValue>: Sendable {
    let info: FieldInfo
    /// What it is in a body: one member, or several that stand beside the others.
    let members: BodyInfo
    private let path: any KeyPath<Root, Value> & Sendable
    /// What is said of it in an object, or by its silence.
    private let read: @Sendable (JSONObject, String, inout BodyReader) throws(NotRead) -> Value

    package init(_ name: String, _ keyPath: any KeyPath<Root, Value> & Sendable, _ rules: Rule...) {
        let words = Value.choices.map { [Rule.oneOf($0)] } ?? []
        let info = FieldInfo(
            name: name, kind: Value.kind, isNullable: Value.isNullable, rules: words + rules,
            isList: Value.form.isList)
        self.info = info
        members = BodyInfo([BodyInfo.Member(field: info, form: Value.form)])
        path = keyPath
        let silence = Self.silence(of: info)
        read = { object, pointer, reader throws(NotRead) in
            if let member = object.member(of: info) {
                return try Value.read(member.value, as: info, at: "\(pointer)/\(member.name)", &reader)
            }
            return try silence(pointer, &reader)
        }
    }

    /// Members that several bodies have: they stand in the body itself and not in an object of their own.
    package init(_ keyPath: any KeyPath<Root, Value> & Sendable) where Value: BodyMembers {
        info = FieldInfo(name: "", kind: .json, isNullable: false)
        members = Value.info
        path = keyPath
        read = { object, pointer, reader throws(NotRead) in
            try Value.read(members: object, at: pointer, &reader)
        }
    }

    /// What a body that says nothing of it means is known beforehand; where that is a fault, it has to be told.
    private static func silence(
        of info: FieldInfo
    ) -> @Sendable (String, inout BodyReader) throws(NotRead) -> Value {
        let known = try? BodyReader.reading(for: .none, isStrict: false) { reader throws(NotRead) in
            try Value.read(nil, as: info, at: "", &reader)
        }
        if let known { return { _, _ in known } }
        return { pointer, reader throws(NotRead) in
            try Value.read(nil, as: info, at: "\(pointer)/\(info.name)", &reader)
        }
    }

    /// What an object says of it.
    func value(in object: JSONObject, at pointer: String, _ reader: inout BodyReader) throws(NotRead) -> Value {
        try read(object, pointer, &reader)
    }

    var offset: Int? { MemoryLayout<Root>.offset(of: path) }
}

extension Field: MemberOfBody {
    func noteFaults(in object: JSONObject, at pointer: String, _ reader: inout BodyReader) {
        _ = try? value(in: object, at: pointer, &reader)
    }
}

extension Field where Value: FieldValue {
    /// Reads its column out of a value.
    var column: @Sendable (Root) -> SQLValue {
        // A stored property lies at a fixed place, where it is read many times faster than a key path is walked.
        guard let offset else {
            let path = path
            return { $0[keyPath: path].sqlValue }
        }
        return { root in
            withUnsafeBytes(of: root) { $0.load(fromByteOffset: offset, as: Value.self) }.sqlValue
        }
    }
}
