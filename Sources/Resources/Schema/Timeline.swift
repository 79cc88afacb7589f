package import Basics
package import Persistence

/// A value that changes by the clock, without being written at that moment: what it is from each of some moments on. There is
/// none before the first. Kept as `1772366400000:9000 1772452800000:`, a moment and a value, or no value, for each step.
package struct Timeline<Value: FieldValue>: FieldValue, Hashable {
    private let text: String

    /// - Parameter steps: in the order of their moments.
    /// - Returns: nil where there is never a value.
    package init?(_ steps: [(from: Instant, value: Value?)]) {
        var words: [String] = []
        var last = ""
        for step in steps {
            let value = if case .integer(let integer)? = step.value?.sqlValue { String(integer) } else { "" }
            if value == last { continue }
            words.append("\(step.from.milliseconds):\(value)")
            last = value
        }
        if words.isEmpty { return nil }
        text = words.joined(separator: " ")
    }

    package static var kind: FieldKind { .timed(Value.kind == .amount ? .amount : .instant) }
    package var sqlValue: SQLValue { .text(text) }

    package init(column: SQLValue) throws {
        text = try String(column: column)
    }

    /// What it is at a moment.
    package func value(at now: Instant) -> Value? {
        var text = text
        let held = text.withUTF8 { TimelineText.value(in: UnsafeRawBufferPointer($0), at: now) }
        return held.flatMap { try? Value(column: .integer($0)) }
    }
}
