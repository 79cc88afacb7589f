import Basics

/// The one declaration of a body: its members in the struct's order, checked by the compiler against the memberwise
/// initialiser, with the rules and messages that a resource's fields have.
package struct BodySchema<Root: Body>: Sendable {
    package let info: BodyInfo
    private let read: @Sendable (JSONObject, String, inout BodyReader) -> Root?

    /// - Parameters:
    ///   - make: the memberwise initialiser.
    ///   - field: the members in that initialiser's order.
    package init<each Value: BodyValue>(
        _ make: @escaping @Sendable (repeat each Value) -> Root, _ field: repeat Field<Root, each Value>
    ) {
        var info = BodyInfo()
        var offsets: [Int?] = []
        for one in repeat each field {
            info.add(one.members)
            offsets.append(one.offset)
        }
        // Fields lie in a struct as they are declared, and so in the order of its memberwise initialiser.
        let known = offsets.compactMap { $0 }
        if known.count < offsets.count || zip(known, known.dropFirst()).contains(where: { $0 > $1 }) {
            info.isInOrder = false
        }
        self.info = info
        read = { object, pointer, reader in
            let faults = reader.errors.count
            // Straight into the initialiser: what a tuple of them is has to be looked up for each body.
            if let body = try? make(repeat (each field).value(in: object, at: pointer, &reader)) { return body }
            // That ended with the first member that is wrong, and all are told.
            reader.forget(from: faults)
            repeat _ = (each field).given(in: object, at: pointer, &reader)
            return nil
        }
    }

    /// The body that an object is; nil where it is none, and the reader has noted why.
    func value(of object: JSONObject, at pointer: String, _ reader: inout BodyReader) -> Root? {
        read(object, pointer, &reader)
    }
}

private struct NothingRead: Error {}

extension Field {
    fileprivate func value(in object: JSONObject, at pointer: String, _ reader: inout BodyReader) throws -> Value {
        if case .value(let value) = given(in: object, at: pointer, &reader) { return value }
        throw NothingRead()
    }
}
