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
        for tenant: Tenant, isStrict: Bool, _ read: (inout BodyReader) throws(NotRead) -> Value
    ) throws -> Value {
        var reader = BodyReader(for: tenant, isStrict: isStrict)
        if let value = try? read(&reader), reader.errors.isEmpty { return value }
        throw Problem.invalid(reader.errors)
    }

    /// What a body says of a member; where it says nothing and must say something, that is noted.
    package mutating func given(_ json: JSON?, as field: FieldInfo, at pointer: String) throws(NotRead) -> JSON {
        if let json, json != .null { return json }
        guard field.isRequired else { throw .silent }
        report(pointer, FieldFault("required", field.absence))
        throw .refused
    }

    /// The value by the rules of its field.
    mutating func column(_ json: JSON?, as field: FieldInfo, at pointer: String) throws(NotRead) -> SQLValue {
        // An empty word is none; an empty text is a text.
        guard let json, json != "" || field.choices == nil || !field.isNullable else {
            guard field.isRequired else { return field.startingValue }
            report(pointer, FieldFault("required", field.absence))
            throw .refused
        }
        do throws(FieldFault) {
            if field.refusesEmpty, json == "" { throw FieldFault("empty", "needs a value") }
            return try field.stored(json, for: tenant)
        } catch {
            report(pointer, error)
            throw .refused
        }
    }

    /// The elements of a list; none where the body is silent and may be.
    mutating func elements(_ json: JSON?, as field: FieldInfo, at pointer: String) throws(NotRead) -> [JSON] {
        do throws(NotRead) {
            guard case .array(let elements) = try given(json == "" ? .null : json, as: field, at: pointer) else {
                throw fault(pointer, "type", "must be a list")
            }
            let allowed = field.count ?? 0...1000
            if elements.count < allowed.lowerBound { throw fault(pointer, "required", field.absence) }
            if elements.count > allowed.upperBound {
                throw fault(pointer, "too_long", "has \(elements.count) rows; at most \(allowed.upperBound)")
            }
            return elements
        } catch .silent {
            return []
        }
    }

    private mutating func fault(_ pointer: String, _ code: String, _ message: String) -> NotRead {
        report(pointer, FieldFault(code, message))
        return .refused
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
