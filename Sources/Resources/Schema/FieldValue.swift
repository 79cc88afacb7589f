package import Basics
package import Persistence

/// A Swift type that can be a field of a resource.
package protocol FieldValue: SQLBindable, BodyValue {
    init(column: SQLValue) throws
}

extension Int64: FieldValue {
    package static var kind: FieldKind { .integer }

    package init(column: SQLValue) throws {
        guard case .integer(let value) = column else { throw UnreadableValue(expected: "integer", found: column) }
        self = value
    }
}

extension String: FieldValue {
    package static var kind: FieldKind { .text }

    package init(column: SQLValue) throws {
        guard case .text(let value) = column else { throw UnreadableValue(expected: "text", found: column) }
        self = value
    }
}

extension Bool: FieldValue {
    package static var kind: FieldKind { .flag }

    package init(column: SQLValue) throws {
        self = try Int64(column: column) != 0
    }
}

extension Instant: FieldValue {
    package static var kind: FieldKind { .instant }

    package init(column: SQLValue) throws {
        self.init(milliseconds: try Int64(column: column))
    }
}

extension Optional: FieldValue where Wrapped: FieldValue {
    package init(column: SQLValue) throws {
        self = column == .null ? nil : try Wrapped(column: column)
    }
}
