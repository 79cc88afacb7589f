package import Basics

/// Members that stand in an object: a body, or a part of one that several bodies have.
package protocol BodyMembers: BodyValue {
    static var info: BodyInfo { get }

    /// Reads the members out of an object.
    /// - Parameter pointer: of the object.
    static func read(members object: JSONObject, at pointer: String, _ reader: inout BodyReader) throws(NotRead) -> Self
}

extension BodyMembers {
    package static var form: BodyForm { .object(info) }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self {
        do throws(NotRead) {
            guard case .object(let object) = try reader.given(json, as: field, at: pointer) else {
                reader.report(pointer, FieldFault("type", "must be an object"))
                throw .refused
            }
            return try read(object, at: pointer, &reader)
        } catch .silent where !field.isNullable {
            return try read(JSONObject(), at: pointer, &reader)
        }
    }

    /// Reads the whole object: its members, and in strict mode that it has no others.
    package static func read(
        _ object: JSONObject, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self {
        if reader.isStrict { reader.refuseUnknown(in: object, of: info, at: pointer) }
        return try read(members: object, at: pointer, &reader)
    }

    /// The body that an object is; throws all that is wrong with it.
    package init(_ object: JSONObject, for tenant: Tenant, isStrict: Bool = false) throws {
        self = try BodyReader.reading(for: tenant, isStrict: isStrict) { reader throws(NotRead) in
            try Self.read(object, at: "", &reader)
        }
    }
}
