import Basics

/// Which page of a list is wanted, counted in rows.
package struct PageWish: Body {
    private let size: PageSize
    private let first: Int64

    package static let schema = BodySchema(
        PageWish.init,
        Field("limit", \.size, .about("Rows per page.")),
        Field("offset", \.first, .range(0...1_000_000_000), .initially(.integer(0)), .about("Rows to pass over.")))

    package var limit: Int { size.rows }
    package var offset: Int { Int(first) }
}

/// How many rows a page has; what is more than there can be is cut to that, and the answer shows it.
private struct PageSize: BodyValue {
    let rows: Int

    static var form: BodyForm { .open(["type": "integer", "default": 5, "maximum": 1000]) }

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> PageSize {
        guard case .string(let text)? = json, !text.isEmpty else {
            return PageSize(rows: ListRequest.limitDefault)
        }
        guard let rows = WholeNumber(count: text)?.int64 else {
            reader.report(pointer, FieldFault("type", "must be a whole number from 0 to 1000000000"))
            throw .refused
        }
        return PageSize(rows: Int(min(rows, Int64(ListRequest.limitMax))))
    }
}
