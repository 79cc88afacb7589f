import Basics
import Resources

/// A file that is the body of a request, or stands in a form (RFC 7578) with parameters beside it.
struct SentFile {
    let bytes: [UInt8]
    /// The parameters of the address, and those of the form that the address does not have.
    let query: Query
    /// What tells this request from another under the same idempotency key: a form has another boundary each time.
    let fingerprint: [UInt8]

    init(_ body: [UInt8], type: String?, _ query: Query) throws {
        guard let media = type.map(MediaType.init), media.name == "multipart/form-data" else {
            (bytes, self.query, fingerprint) = (body, query, body)
            return
        }
        guard let boundary = media.boundary,
            let form = body.withUnsafeBytes({ Multipart.read($0, boundary: boundary) }), let file = form.file
        else { throw UploadReader.noForm }
        // What the file is called on the client's disk says nothing.
        let said = form.fields.filter { $0.name != "filename" }
        for field in said {
            guard let asked = query[field.name], asked != field.value else { continue }
            throw Problem.invalid(
                "?" + field.name, "contradiction", "is \(asked) in the address and \(field.value) in the form; say one")
        }
        let fields = said.filter { query[$0.name] == nil }
        bytes = Array(body[file])
        self.query = Query(query.items + fields.map { .init(name: $0.name, value: $0.value) })
        let words = JSON.array(fields.flatMap { [.string($0.name), .string($0.value)] })
        fingerprint = Array(words.serialized.utf8) + bytes
    }
}
