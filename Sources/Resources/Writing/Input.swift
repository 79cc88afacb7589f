package import Basics
package import Persistence

/// Reads a body into the columns of a resource: loosely in form, strictly in meaning, all faults at once.
package struct Input {
    private let info: ResourceInfo
    private let tenant: Tenant
    private let isStrict: Bool
    package private(set) var errors: [Problem.FieldError] = []

    package init(_ info: ResourceInfo, for tenant: Tenant, isStrict: Bool) {
        self.info = info
        self.tenant = tenant
        self.isStrict = isStrict
    }

    /// The columns after the body: merged over `old`, or over the starting values of a new row.
    /// - Parameter ignoring: members that the resource reads by itself.
    package mutating func record(
        from body: JSONObject, over old: [SQLValue]?, ignoring: @autoclosure () -> Set<String> = []
    ) throws -> [SQLValue] {
        let record = merged(body, over: old, ignoring: ignoring())
        if !errors.isEmpty { throw Problem.invalid(errors) }
        return record
    }

    /// The same where what is wrong is left to `errors`, and the columns that are hold what they held.
    mutating func merged(
        _ body: JSONObject, over old: [SQLValue]?, ignoring: @autoclosure () -> Set<String> = []
    ) -> [SQLValue] {
        var record = old ?? info.startingRecord
        let given = members(of: body)
        for (index, field) in info.fields.enumerated() {
            guard let member = given[index], !field.isReadOnly else {
                if let member = given[index] { refuseChange(member, of: field, where: old?[index]) }
                if old == nil, field.isRequired { reportMissing(field.name) }
                continue
            }
            if let column = read(member.value, as: field, at: "/" + member.name) { record[index] = column }
        }
        if isStrict { refuseUnknown(in: body, ignoring: ignoring()) }
        return record
    }

    /// What the body says of each field. Where it has a field's name and an alias of it, the name counts.
    private func members(of body: JSONObject) -> [JSONObject.Member?] {
        var given = [JSONObject.Member?](repeating: nil, count: info.fields.count)
        for member in body.members {
            guard let place = info.places[member.name] else { continue }
            if given[place] == nil || info.fields[place].name == member.name { given[place] = member }
        }
        return given
    }

    private mutating func refuseChange(_ member: JSONObject.Member, of field: FieldInfo, where stored: SQLValue?) {
        guard isStrict, let stored, field.isShownAsKept,
            let fault = field.fault(sending: member.value, where: stored, for: tenant)
        else { return }
        errors.append(Problem.FieldError("/" + member.name, fault.code, fault.message))
    }

    private mutating func reportMissing(_ name: String) {
        errors.append(Problem.FieldError("/" + name, "required", "is required"))
    }

    private mutating func refuseUnknown(in body: JSONObject, ignoring: Set<String>) {
        let known = ignoring.union(info.plan.items.map(\.name))
        for member in body.members where info.places[member.name] == nil && !known.contains(member.name) {
            errors.append(Problem.FieldError("/" + member.name, "unknown", "is not a field of \(info.path)"))
        }
    }

    private mutating func read(_ value: JSON, as field: FieldInfo, at pointer: String) -> SQLValue? {
        do throws(FieldFault) {
            return try field.stored(value, for: tenant)
        } catch {
            errors.append(Problem.FieldError(pointer, error.code, error.message))
            return nil
        }
    }
}

extension FieldInfo {
    /// The column that a body's value of it is stored as: what is empty is nothing, or what the field begins with.
    func stored(_ value: JSON, for tenant: Tenant) throws(FieldFault) -> SQLValue {
        let column = try column(of: value, tenant: tenant)
        let isNone = column == .null || isNullable && meansNothing(column)
        if isNone || (isRequired && column == .text("")) {
            if isRequired { throw FieldFault("required", emptiness) }
            return isNullable ? .null : startingValue
        }
        try check(column, for: tenant)
        return column
    }

    /// The column a wire value stands for: numbers may be text, "" is null for all but text, flags take every form.
    package func column(of value: JSON, tenant: Tenant) throws(FieldFault) -> SQLValue {
        if value == .null { return .null }
        if value == .string(""), kind != .text { return .null }
        switch kind {
        case .integer, .integerAsText: return .integer(try integer(value, places: 0, "must be an integer"))
        case .amount:
            let places = tenant.currency.digits
            return .integer(try integer(value, places: places, "must be a number with at most \(places) decimals"))
        case .decimal(let places):
            return .integer(try integer(value, places: places, "must be a number with at most \(places) decimals"))
        case .flag, .flagAsText: return .integer(try flag(value))
        case .instant: return .integer(try instant(value, tenant.zone))
        case .text, .link, .timed, .sealed:
            let text = isKey ? try text(value).asKey : try text(value)
            return .text(spellings[text] ?? text)
        case .json: return .text(try json(value))
        }
    }

    /// Whether a value names nothing: no row has it as its id, nor as its own key.
    fileprivate func meansNothing(_ column: SQLValue) -> Bool {
        reference != nil && column == .integer(0) || isOwn && column == .text("")
    }

    private func integer(_ value: JSON, places: Int, _ message: String) throws(FieldFault) -> Int64 {
        let number: WholeNumber? =
            switch value {
            case .number(let number): number.scaled(places: places)
            case .string(let text): Decimals.scaled(text.utf8, places: places)
            case .bool(let flag) where places == 0: WholeNumber(flag ? 1 : 0)
            default: nil
            }
        guard let number else { throw FieldFault("type", message) }
        return number.int64
    }

    private func flag(_ value: JSON) throws(FieldFault) -> Int64 {
        switch value {
        case .bool(let flag): return flag ? 1 : 0
        case .number(let number) where number.integer?.int64 == 0: return 0
        case .number(let number) where number.integer?.int64 == 1: return 1
        case .string("0"), .string("false"): return 0
        case .string("1"), .string("true"): return 1
        default: throw FieldFault("type", "must be 0 or 1")
        }
    }

    private func instant(_ value: JSON, _ zone: Zone) throws(FieldFault) -> Int64 {
        guard case .string(let text) = value,
            let instant = Timestamp.parse(text, zone: zone, atEndOfDay: isWholeDay)
        else {
            throw FieldFault("type", "must be a time such as 2026-03-01 14:05:00")
        }
        return instant.milliseconds
    }

    private func text(_ value: JSON) throws(FieldFault) -> String {
        switch value {
        case .string(let text): return text
        case .number(let number): return number.text
        default: throw FieldFault("type", "must be text")
        }
    }

    private func json(_ value: JSON) throws(FieldFault) -> String {
        switch (shape, value) {
        case (.ids, .array(let elements)): return try ids(elements)
        case (.texts, .array(let elements)):
            let allTexts = elements.allSatisfy { if case .string = $0 { true } else { false } }
            guard allTexts else { throw FieldFault("type", "must be a list of texts") }
        case (.list, .array), (.object, .object), (.any, _): break
        case (.object, _): throw FieldFault("type", "must be an object")
        default: throw FieldFault("type", "must be a list")
        }
        return value.serialized
    }

    private func ids(_ elements: [JSON]) throws(FieldFault) -> String {
        guard elements.count <= 1000 else { throw FieldFault("too_long", "takes at most 1000 ids") }
        var ids: [Int64] = []
        var seen: Set<Int64> = []
        for element in elements {
            let id = try integer(element, places: 0, "must be a list of ids")
            if id < 0 { throw FieldFault("type", "must be a list of ids") }
            if seen.insert(id).inserted { ids.append(id) }
        }
        return JSONText.list(ids).text
    }
}
