package import Basics

/// Names a row of another resource: by its id, or by the shop's own key where it has one.
package struct Reference<R: Resource>: BodyValue {
    package let address: RowAddress

    package static var kind: FieldKind { .integer }
    package static var form: BodyForm { R.info.ownKey == nil ? .value : .open(["type": ["integer", "string"]]) }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Reference<R> {
        let json = try reader.given(json == "" ? .null : json, as: field, at: pointer)
        if let own = json.ownKey(of: R.info) { return Reference(address: .own(own)) }
        if case .integer(let id)? = try? field.column(of: json, tenant: reader.tenant), id > 0 {
            return Reference(address: .id(id))
        }
        reader.report(pointer, FieldFault("range", "must be a whole number from 1 to \(WholeNumber.max)"))
        throw .refused
    }
}
