/// Values by text that is the same only byte for byte. For names and numbers from outside, which are keys of the database.
package struct ByText<Value>: ExpressibleByDictionaryLiteral {
    package private(set) var entries: [ExactText: Value]

    /// Of entries with one text the first counts.
    package init(_ entries: some Sequence<(String, Value)>) {
        self.entries = Dictionary(entries.map { (ExactText($0), $1) }, uniquingKeysWith: { first, _ in first })
    }

    package init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements)
    }

    package subscript(_ text: String) -> Value? {
        get { entries[ExactText(text)] }
        set { entries[ExactText(text)] = newValue }
    }

    package subscript(_ text: ExactText) -> Value? {
        get { entries[text] }
        set { entries[text] = newValue }
    }

    package subscript(_ text: String, default value: @autoclosure () -> Value) -> Value {
        get { entries[ExactText(text)] ?? value() }
        set { entries[ExactText(text)] = newValue }
    }

    /// The values that are something else too, as that.
    package func compactMapValues<Other>(_ change: (Value) throws -> Other?) rethrows -> ByText<Other> {
        var others = ByText<Other>()
        others.entries = try entries.compactMapValues(change)
        return others
    }
}

extension ByText: Sendable where Value: Sendable {}
