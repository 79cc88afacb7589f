package import Basics

/// What an action takes: a struct that says its members, from which reading, faults, documentation and tests follow.
package protocol Body: BodyMembers {
    static var schema: BodySchema<Self> { get }

    /// What no rule of one member can tell, such as two that go only together; pointers begin at the body.
    var faults: [Problem.FieldError] { get }
}

extension Body {
    package static var info: BodyInfo { schema.info }
    package var faults: [Problem.FieldError] { [] }

    package static func read(
        members object: JSONObject, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self {
        let body = try schema.value(of: object, at: pointer, &reader)
        let faults = body.faults
        for fault in faults { reader.report(pointer + fault.pointer, FieldFault(fault.code, fault.message)) }
        guard faults.isEmpty else { throw .refused }
        return body
    }
}
