import CPostgres
import Persistence

/// A statement one session has parsed and planned under a name.
final class PreparedStatement {
    /// Empty for one that is planned anew each time: the next such takes its place.
    let name: String
    let text: String
    /// The types it was prepared with; 0 where the server was left to infer one for a null.
    let types: [Oid]
    /// Whether the server has said that it knows the name. Until then only a pipeline's order vouches for it.
    var isConfirmed = false
    /// What its columns are called, once it has answered.
    private var columns: Columns?

    init(name: String, text: String, types: [Oid]) {
        self.name = name
        self.text = text
        self.types = types
    }

    /// Tells an answer what its columns are called.
    func name(_ answer: QueryResult) {
        let width = PQnfields(answer.pointer)
        if width > 0, columns == nil { columns = Columns((0..<width).map(answer.name(of:)), of: text) }
        answer.columns = columns
    }

    /// A null fits every type; an integer and a text fit only their own, because their bytes are sent as they are.
    func accepts(_ values: [SQLValue]) -> Bool {
        guard values.count == types.count else { return false }
        for (index, value) in values.enumerated() where value != .null && value.type != types[index] { return false }
        return true
    }
}
