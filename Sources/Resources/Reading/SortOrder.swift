import Persistence

/// The order of a list: sort terms, then the id, so that no two rows are equal.
package struct SortOrder: Sendable {
    package struct Term: Sendable, Equatable {
        let name: String
        fileprivate(set) var expression: String
        let isText: Bool
        let isDescending: Bool

        init(_ field: FieldInfo, isDescending: Bool) {
            name = field.name
            expression = field.sortExpression
            isText = field.kind == .text
            self.isDescending = isDescending
        }

        /// Whether the database can compare this term with a value. Cursors come back from clients, who may change them.
        func fits(_ value: SQLValue) -> Bool {
            switch value {
            case .text: isText
            case .integer: !isText
            case .null: false
            }
        }
    }

    package let terms: [Term]

    /// The same order, with the id taken from the ids the list is walked by.
    func walkingListed(_ key: String) -> SortOrder {
        SortOrder(
            terms: terms.map { term in
                var term = term
                if term.expression == key { term.expression = "listed_id" }
                return term
            })
    }

    var sql: String {
        terms.map { $0.expression + ($0.isDescending ? " DESC" : "") }.joined(separator: ", ")
    }

    /// What a page must select beside its members, so that a cursor can be made: all terms but the id.
    var extraColumns: [String] { terms.dropLast().map(\.expression) }

    var signature: String {
        terms.map { ($0.isDescending ? "-" : "") + $0.name }.joined(separator: ",")
    }
}
