package import Basics
package import Persistence

extension JSONWriter {
    /// A column as it is stored: a number, a text or null.
    package mutating func stored(_ value: SQLValue) {
        switch value {
        case .integer(let number): integer(number)
        case .text(let text): string(text)
        case .null: null()
        }
    }
}
