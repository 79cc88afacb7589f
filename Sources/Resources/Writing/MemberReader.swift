package import Basics
import Persistence

/// Reads single members of a row that stands inside a resource's body as loosely as its fields are read, and collects the
/// faults. What an action takes is declared: see `Body`.
package struct MemberReader {
    private let object: JSONObject
    private let pointer: String
    private let tenant: Tenant
    package private(set) var errors: [Problem.FieldError] = []

    package init(_ object: JSONObject, at pointer: String, _ tenant: Tenant) {
        self.object = object
        self.pointer = pointer
        self.tenant = tenant
    }

    package mutating func integer(_ name: String, _ range: ClosedRange<Int64>) -> Int64? {
        number(FieldInfo(name: name, kind: .integer, isNullable: true, rules: [.range(range)]))
    }

    /// Money in minor units.
    package mutating func amount(_ name: String, _ range: ClosedRange<Int64>) -> Amount? {
        number(FieldInfo(name: name, kind: .amount, isNullable: true, rules: [.range(range)])).map(Amount.init)
    }

    package mutating func text(_ name: String, _ lengthMax: Int) -> String? {
        text(FieldInfo(name: name, kind: .text, isNullable: true, rules: [.length(0...lengthMax)]))
    }

    /// Text that a row is found by, in the form in which it is kept.
    package mutating func key(_ name: String, _ lengthMax: Int) -> String? {
        text(FieldInfo(name: name, kind: .text, isNullable: true, rules: [.key, .length(0...lengthMax)]))
    }

    package mutating func flag(_ name: String) -> Bool? {
        number(FieldInfo(name: name, kind: .flag, isNullable: true)).map { $0 == 1 }
    }

    /// A list of ids, each once; empty where the body is silent.
    package mutating func ids(_ name: String) -> [Int64] {
        let field = FieldInfo(name: name, kind: .json, isNullable: true, rules: [.shape(.ids)])
        guard case .text(let text) = column(field) else { return [] }
        do throws(UnreadableValue) { return try JSONText(text).integers } catch {
            report(name, "type", "must be a list of ids")
            return []
        }
    }

    package mutating func report(_ name: String, _ code: String, _ message: String) {
        errors.append(Problem.FieldError("\(pointer)/\(name)", code, message))
    }

    /// Throws what was found wrong, all of it.
    package func finish() throws {
        if !errors.isEmpty { throw Problem.invalid(errors) }
    }

    private mutating func text(_ field: FieldInfo) -> String? {
        if case .text(let text) = column(field) { return text }
        return nil
    }

    private mutating func number(_ field: FieldInfo) -> Int64? {
        if case .integer(let value) = column(field) { return value }
        return nil
    }

    private mutating func column(_ field: FieldInfo) -> SQLValue? {
        guard let value = object[field.name] else { return nil }
        do throws(FieldFault) {
            let column = try field.column(of: value, tenant: tenant)
            try field.check(column, for: tenant)
            return column
        } catch {
            report(field.name, error.code, error.message)
            return nil
        }
    }
}
