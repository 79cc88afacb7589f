package import Persistence

extension Row {
    /// The id in a row of what a plan shows.
    package func id(by plan: Plan) throws -> Int64 {
        guard let id = integer(plan.keyColumn) else { throw unreadable("id", .notInteger) }
        return id
    }

    /// The version in a row of what a plan shows.
    package func version(by plan: Plan) throws -> Int64 {
        guard let version = integer(plan.versionColumn) else { throw unreadable("version", .notInteger) }
        return version
    }
}
