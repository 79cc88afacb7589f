import Basics

extension Comparison {
    /// As PHP 8 compares: numbers as numbers, also in texts; with true, false and nothing by what is true; else texts, byte by
    /// byte. What can't be compared, such as a list with a text, is not equal and neither more nor less.
    func holds(_ left: JSON, _ right: JSON) -> Bool {
        switch order(left, right) {
        case .some(let order): holds(order)
        case nil: self == .unequal
        }
    }

    private func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .unequal: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }

    private func order(_ left: JSON, _ right: JSON) -> Int? {
        switch (left, right) {
        case (.null, .string(let text)): return Self.order("", text, by: <)
        case (.string(let text), .null): return Self.order(text, "", by: <)
        case (.bool, _), (_, .bool), (.null, _), (_, .null):
            return Self.order(left.isTrue ? 1 : 0, right.isTrue ? 1 : 0, by: <)
        case (.array, _), (_, .array), (.object, _), (_, .object): return left == right ? 0 : nil
        default: break
        }
        if let left = left.decimal, let right = right.decimal { return Self.order(left, right, by: <) }
        return Self.order(ExactText(left.shown), ExactText(right.shown), by: <)
    }

    private static func order<T>(_ left: T, _ right: T, by isLess: (T, T) -> Bool) -> Int {
        isLess(left, right) ? -1 : isLess(right, left) ? 1 : 0
    }
}
