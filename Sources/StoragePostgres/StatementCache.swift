import CPostgres
import Persistence

/// A statement's text and values, ready to be sent.
struct BoundStatement: Sendable {
    let text: String
    let values: [SQLValue]
    let isPlannedAnew: Bool

    init(_ sql: SQL) throws(StorageError) {
        values = sql.values
        // The protocol counts values in 16 bits.
        guard values.count <= 65_535 else { throw .statement("a statement binds at most 65,535 values") }
        text = sql.text
        isPlannedAnew = sql.isPlannedAnew
    }
}

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

/// The statements a session has prepared, by text and types.
struct StatementCache {
    /// Each costs the server some tens of kilobytes, so beyond this many the session starts afresh.
    static let limit = 500

    private var variants: [String: [PreparedStatement]] = [:]
    private var count = 0
    private var names = 0

    var isFull: Bool { count >= Self.limit }

    func find(_ statement: BoundStatement, onlyConfirmed: Bool = false) -> PreparedStatement? {
        if statement.isPlannedAnew { return nil }
        return variants[statement.text]?.last { $0.accepts(statement.values) && ($0.isConfirmed || !onlyConfirmed) }
    }

    /// A new name for the statement. Where it binds a null, the type an earlier value had there is kept, so that a row
    /// with many optional columns ends up with one variant and not with one for every pattern of nulls.
    mutating func named(_ statement: BoundStatement) -> PreparedStatement {
        if statement.isPlannedAnew {
            return PreparedStatement(name: "", text: statement.text, types: statement.values.map(\.type))
        }
        names += 1
        let known = variants[statement.text]?.last { $0.isConfirmed }?.types ?? []
        let types = statement.values.enumerated().map { index, value in
            value == .null && index < known.count ? known[index] : value.type
        }
        return PreparedStatement(name: "s\(names)", text: statement.text, types: types)
    }

    mutating func remember(_ prepared: PreparedStatement) {
        if prepared.name.isEmpty { return }
        variants[prepared.text, default: []].append(prepared)
        count += 1
    }

    mutating func forget(_ prepared: PreparedStatement) {
        guard let index = variants[prepared.text]?.firstIndex(where: { $0 === prepared }) else { return }
        variants[prepared.text]?.remove(at: index)
        count -= 1
    }

    mutating func forgetAll() {
        variants.removeAll(keepingCapacity: true)
        count = 0
    }
}

extension SQLValue {
    /// The type a value is bound as: `int8`, `text`, or whatever the server infers.
    fileprivate var type: Oid {
        switch self {
        case .null: 0
        case .integer: 20
        case .text: 25
        }
    }
}
