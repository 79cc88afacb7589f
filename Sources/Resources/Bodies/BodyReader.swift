package import Basics
import Persistence

/// Reads a body and notes what is wrong with it, all of it.
package struct BodyReader {
    package let tenant: Tenant
    package let isStrict: Bool
    package private(set) var errors: [Problem.FieldError] = []

    private init(for tenant: Tenant, isStrict: Bool) {
        self.tenant = tenant
        self.isStrict = isStrict
    }

    package mutating func report(_ pointer: String, _ fault: FieldFault) {
        errors.append(Problem.FieldError(pointer, fault.code, fault.message))
    }

    /// Takes back what was noted after the first so many.
    mutating func forget(from count: Int) {
        errors.removeSubrange(count...)
    }

    /// What is read, or a problem with all that is wrong with it.
    package static func reading<Value>(
        for tenant: Tenant, isStrict: Bool, _ read: (inout BodyReader) -> Given<Value>
    ) throws -> Value {
        var reader = BodyReader(for: tenant, isStrict: isStrict)
        let given = read(&reader)
        guard reader.errors.isEmpty, case .value(let value) = given else { throw Problem.invalid(reader.errors) }
        return value
    }

    /// What a body says of a member; nil where it says nothing, which is noted where it must say something.
    package mutating func given(_ json: JSON?, as field: FieldInfo, at pointer: String) -> JSON? {
        if let json, json != .null { return json }
        if field.isRequired { report(pointer, FieldFault("required", field.absence)) }
        return nil
    }

    /// The value by the rules of its field; nil where it breaks one.
    mutating func column(_ json: JSON?, as field: FieldInfo, at pointer: String) -> SQLValue? {
        // An empty word is none; an empty text is a text.
        guard let json, json != "" || field.choices == nil || !field.isNullable else {
            if field.isRequired { report(pointer, FieldFault("required", field.absence)) }
            return field.isRequired ? nil : field.startingValue
        }
        do throws(FieldFault) {
            if field.refusesEmpty, json == "" { throw FieldFault("empty", "needs a value") }
            return try field.stored(json, for: tenant)
        } catch {
            report(pointer, error)
            return nil
        }
    }

    /// The elements of a list; none where the body is silent and may be, nil where it is no such list.
    mutating func elements(_ json: JSON?, as field: FieldInfo, at pointer: String) -> [JSON]? {
        guard let json = given(json == "" ? .null : json, as: field, at: pointer) else {
            return field.isRequired ? nil : []
        }
        guard case .array(let elements) = json else {
            report(pointer, FieldFault("type", "must be a list"))
            return nil
        }
        let allowed = field.count ?? 0...1000
        if elements.count < allowed.lowerBound { report(pointer, FieldFault("required", field.absence)) }
        if elements.count > allowed.upperBound {
            report(pointer, FieldFault("too_long", "has \(elements.count) rows; at most \(allowed.upperBound)"))
        }
        return allowed.contains(elements.count) ? elements : nil
    }

    mutating func refuseUnknown(in object: JSONObject, of info: BodyInfo, at pointer: String) {
        for member in object.members where !info.knows(member.name) {
            report("\(pointer)/\(member.name)", FieldFault("unknown", info.strangers))
        }
    }
}

extension JSONObject {
    /// The member a field is about: that of its name, else that of an alias.
    func member(of field: FieldInfo) -> JSONObject.Member? {
        var found: JSONObject.Member?
        for member in members {
            if member.name == field.name { return member }
            if found == nil, field.aliases.contains(member.name) { found = member }
        }
        return found
    }
}
