package import Basics

/// Members that stand in an object: a body, or a part of one that several bodies have.
package protocol BodyMembers: BodyValue {
    static var info: BodyInfo { get }

    /// Reads the members out of an object.
    /// - Parameter pointer: of the object.
    static func read(members object: JSONObject, at pointer: String, _ reader: inout BodyReader) -> Given<Self>
}

extension BodyMembers {
    package static var form: BodyForm { .object(info) }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) -> Given<Self> {
        guard let json = reader.given(json, as: field, at: pointer) else {
            return field.isRequired ? .refused : field.isNullable ? .nothing : read(JSONObject(), at: pointer, &reader)
        }
        guard case .object(let object) = json else {
            reader.report(pointer, FieldFault("type", "must be an object"))
            return .refused
        }
        return read(object, at: pointer, &reader)
    }

    /// Reads the whole object: its members, and in strict mode that it has no others.
    package static func read(_ object: JSONObject, at pointer: String, _ reader: inout BodyReader) -> Given<Self> {
        if reader.isStrict { reader.refuseUnknown(in: object, of: info, at: pointer) }
        return read(members: object, at: pointer, &reader)
    }

    /// The body that an object is, as code of ours says it.
    package init(_ object: JSONObject, for tenant: Tenant) throws {
        self = try BodyReader.reading(for: tenant, isStrict: false) { Self.read(object, at: "", &$0) }
    }
}
