package import Basics
import Persistence

/// The fields of a new row, beside which a body has members of its own.
package struct FieldsOf<R: Resource>: BodyMembers {
    private let body: JSONObject
    /// Nil where own keys have to be looked up first.
    private let record: [SQLValue]?

    package static var info: BodyInfo { BodyInfo(beside: R.info) }

    package static func read(
        members object: JSONObject, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> FieldsOf<R> {
        guard !object.hasOwnKeys(of: R.info) else { return FieldsOf(body: object, record: nil) }
        var input = Input(R.info, for: reader.tenant, isStrict: false)
        let record = input.merged(object, over: nil)
        for error in input.errors { reader.report(pointer + error.pointer, FieldFault(error.code, error.message)) }
        guard input.errors.isEmpty else { throw .refused }
        return FieldsOf(body: object, record: record)
    }

    /// The row, which has no id yet, with ids in the place of own keys.
    package func value(_ id: Identifier<R>, in tx: Transaction) throws -> R {
        var record = try record ?? looked(in: tx)
        record[0] = id.sqlValue
        return try R.schema.value(record)
    }

    private func looked(in tx: Transaction) throws -> [SQLValue] {
        var input = Input(R.info, for: tx.tenant, isStrict: false)
        return try input.record(from: tx.withoutOwnKeys(body, of: R.info), over: nil)
    }
}
