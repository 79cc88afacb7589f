/// What an import did, row by row where it failed.
package struct ImportReport: Sendable, Equatable {
    package struct Fault: Sendable, Equatable, CustomStringConvertible {
        package let record: Int
        package let line: Int
        package let column: String
        package let reason: String

        package var description: String {
            let place = record + 1 == line ? "record \(record)" : "record \(record) (line \(line))"
            return column.isEmpty ? "\(place): \(reason)" : "\(place), column \(column): \(reason)"
        }
    }

    package var created = 0
    package var updated = 0
    package var unchanged = 0
    package var faults: [Fault] = []

    package init() {}

    package var rows: Int { created + updated + unchanged + faults.count }

    mutating func add(_ other: ImportReport) {
        created += other.created
        updated += other.updated
        unchanged += other.unchanged
        faults += other.faults
    }
}

/// How an import runs.
package struct ImportOptions: Sendable {
    package var isDryRun = false
    /// The first bad row ends the import and nothing of its group is kept.
    package var isStrict = false
    package var progress: @Sendable (Int) -> Void = { _ in }

    package init() {}
}
