package import Persistence

/// Something that must hold in every shop, as a query for what breaks it.
package struct Check: Sendable {
    package let name: String
    /// The path of the objects it is about.
    package let object: String
    /// Answers the rows that are wrong: shop, object, what is stored, what it should be.
    package let query: SQL

    package init(_ name: String, of object: String, _ query: SQL) {
        self.name = name
        self.object = object
        self.query = query
    }
}
