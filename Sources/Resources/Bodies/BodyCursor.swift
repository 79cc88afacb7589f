import Basics

/// A member of a body without its Swift types.
protocol MemberOfBody: AnyObject, Sendable {
    /// Where it lies in the struct; nil of what is no stored property.
    var offset: Int? { get }

    /// Notes what is wrong with what an object says of it.
    func noteFaults(in object: JSONObject, at pointer: String, _ reader: inout BodyReader)
}

/// Goes through the members of a body, one after the other.
struct BodyCursor {
    private let fields: [any MemberOfBody]
    private let object: JSONObject
    private let pointer: String
    private var place = 0

    init(_ fields: [any MemberOfBody], of object: JSONObject, at pointer: String) {
        self.fields = fields
        self.object = object
        self.pointer = pointer
    }

    /// The value of the next member.
    mutating func next<Root, Value>(
        _: Field<Root, Value>.Type, _ reader: inout BodyReader
    ) throws(NotRead) -> Value {
        defer { place += 1 }
        // The schema has made the list out of these very fields, in this order; a checked cast would look up their type.
        let field = unsafeDowncast(fields[place], to: Field<Root, Value>.self)
        return try field.value(in: object, at: pointer, &reader)
    }
}
