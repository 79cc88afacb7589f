import CPostgres
import Persistence

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
    var type: Oid {
        switch self {
        case .null: 0
        case .integer: 20
        case .text: 25
        }
    }
}
