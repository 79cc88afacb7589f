import Basics

/// A page of rows as a tool tells it: how many there are, a row a line, and how to go on.
struct ToolPage {
    let rows: [JSON]
    private let total: String?
    private let next: String?

    /// - Parameter answer: of a list.
    init(_ answer: JSON) {
        guard case .object(let object) = answer else {
            let rows: [JSON] = if case .array(let rows) = answer { rows } else { [answer] }
            (self.rows, total, next) = (rows, nil, nil)
            return
        }
        let paging: JSONObject = if case .object(let paging)? = object["paging"] { paging } else { JSONObject() }
        rows = object.members.lazy.compactMap { if case .array(let rows) = $0.value { rows } else { nil } }.first ?? []
        total = paging["total"]?.words
        next = paging["next"]?.words
    }

    var text: String {
        let head = total.map { "\(rows.count) of \($0)" } ?? "\(rows.count)"
        let foot = next.map { [#"more: query {"after": \#(JSON.string($0).serialized)}"#] } ?? []
        return ([head] + rows.map(\.withoutEmpty.serialized) + foot).joined(separator: "\n")
    }
}
