/// An answer does not have what is asked of it: the statement does not select it, or the table holds what it never should.
package struct UnreadableColumn: Error, Sendable, CustomStringConvertible {
    /// What is wrong with a column.
    package enum Fault: String, Sendable {
        case missing = "is not there, or there twice"
        case null = "is null"
        case notInteger = "holds no integer"
        case notText = "holds no text"
        case notFlag = "holds neither 0 nor 1"
        case notJSON = "holds no JSON of the expected kind"
    }

    package let column: String
    package let fault: Fault
    /// The columns there are.
    package let columns: [String]
    package let statement: String

    package var description: String {
        "column \(column) \(fault.rawValue); there are \(columns.joined(separator: ", ")); the statement: \(statement)"
    }
}
