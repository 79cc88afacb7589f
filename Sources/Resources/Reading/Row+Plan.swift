package import Persistence

extension Row {
    /// The id in a row of what a plan shows.
    package func id(by plan: Plan) throws -> Int64 {
        guard let id = integer(at: plan.keyColumn) else { throw unreadable("id", .notInteger) }
        return id
    }

    /// The version in a row of what a plan shows.
    package func version(by plan: Plan) throws -> Int64 {
        guard let version = integer(at: plan.versionColumn) else { throw unreadable("version", .notInteger) }
        return version
    }

    /// A text that the plan shows; empty where there is none.
    func text(of column: Int) -> String {
        if case .text(let text) = cell(at: column) { text } else { "" }
    }

    /// The column behind what a plan shows: the row that an embed's row belongs to.
    package func parent(by plan: Plan) throws -> Int64 {
        guard let parent = integer(at: plan.width) else { throw unreadable("parent", .notInteger) }
        return parent
    }

    /// The id in a row of a resource's own columns, of which it is the first.
    func id(of info: ResourceInfo) throws -> Int64 {
        guard let id = integer(at: 0) else { throw unreadable("id", .notInteger) }
        return id
    }
}
