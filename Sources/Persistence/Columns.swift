/// The names of a statement's columns, made once for each prepared statement and shared by all of its answers.
package final class Columns: Sendable {
    /// The statement's text, for whoever has to find what is wrong with it.
    package let statement: String
    package let names: [String]
    /// The names' bytes, by which they are found; empty where two columns have one name, so that neither is taken for the other.
    private let keys: [[UInt8]]

    package init(_ names: [String], of statement: String) {
        self.statement = statement
        self.names = names
        keys = names.map { name in
            names.count { $0 == name } == 1 ? Array(name.utf8) : []
        }
    }

    package var count: Int { names.count }

    /// Where a column stands; nil where there is none of this name, or more than one.
    func place(of name: StaticString) -> Int? {
        name.withUTF8Buffer { name in
            keys.firstIndex { $0.count == name.count && $0.elementsEqual(name) }
        }
    }
}
