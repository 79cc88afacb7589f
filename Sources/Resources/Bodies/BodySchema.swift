import Basics

/// The one declaration of a body: its members in the struct's order, checked by the compiler against the memberwise
/// initialiser, with the rules and messages that a resource's fields have.
package struct BodySchema<Root: Body>: Sendable {
    package let info: BodyInfo
    private let fields: [any MemberOfBody]
    private let make: @Sendable (inout BodyCursor, inout BodyReader) throws(NotRead) -> Root

    /// - Parameters:
    ///   - make: the memberwise initialiser.
    ///   - field: the members in that initialiser's order.
    package init<each Value: BodyValue>(
        _ make: @escaping @Sendable (repeat each Value) -> Root, _ field: repeat Field<Root, each Value>
    ) {
        var info = BodyInfo()
        var fields: [any MemberOfBody] = []
        for one in repeat each field {
            info.add(one.members)
            fields.append(one)
        }
        // Fields lie in a struct as they are declared, and so in the order of its memberwise initialiser.
        let offsets = fields.compactMap { $0.offset }
        if offsets.count < fields.count || zip(offsets, offsets.dropFirst()).contains(where: { $0 > $1 }) {
            info.isInOrder = false
        }
        self.info = info
        self.fields = fields
        // Straight into the initialiser, and the fields from a list: what a pack or a tuple of them is would have to be looked up
        // for each body.
        self.make = { cursor, reader throws(NotRead) in
            make(repeat try cursor.next(Field<Root, each Value>.self, &reader))
        }
    }

    /// The body that an object is.
    func value(of object: JSONObject, at pointer: String, _ reader: inout BodyReader) throws(NotRead) -> Root {
        let faults = reader.errors.count
        do {
            var cursor = BodyCursor(fields, of: object, at: pointer)
            return try make(&cursor, &reader)
        } catch {
            // That ended with the first member that is wrong, and all are told.
            reader.forget(from: faults)
            for field in fields { field.noteFaults(in: object, at: pointer, &reader) }
            throw error
        }
    }
}
