package import Resources

/// A record that was not imported, or a part that it was imported without, and why.
package struct ImportFault: Error, Sendable, Equatable, CustomStringConvertible {
    package let place: ImportPlace
    package let column: String
    package let reason: String
    package var ownID = ""

    package init(_ place: ImportPlace, column: String = "", _ reason: String) {
        self.place = place
        self.column = column
        self.reason = reason
    }

    package var description: String {
        let isPlain = place.record + place.header == place.line
        let name = isPlain ? "record \(place.record)" : "record \(place.record) (line \(place.line))"
        return column.isEmpty ? "\(name): \(reason)" : "\(name), column \(column): \(reason)"
    }
}

/// What an import did, record by record where it failed.
package struct ImportReport: Sendable, Equatable {
    package var created = 0
    package var updated = 0
    package var unchanged = 0
    /// Records of which nothing was taken; with the three above they are all there were.
    package var refused = 0
    /// How many faults there are: one for each record that was refused, and one for each part without which a record was
    /// taken. Such a record is counted above too.
    package var failed = 0
    package var faults: [ImportFault] = []
    /// How many faults are kept: a file of another format must not fill the memory.
    static let faultsMax = 10_000

    package init(created: Int = 0, updated: Int = 0, unchanged: Int = 0, refused: Int = 0, failed: Int = 0) {
        (self.created, self.updated, self.unchanged) = (created, updated, unchanged)
        (self.refused, self.failed) = (refused, failed)
    }

    mutating func refuse(_ fault: ImportFault) {
        failed += 1
        if faults.count < Self.faultsMax { faults.append(fault) }
    }

    mutating func add(_ other: ImportReport) {
        created += other.created
        updated += other.updated
        unchanged += other.unchanged
        refused += other.refused
        failed += other.failed
        faults += other.faults.prefix(Self.faultsMax - faults.count)
    }
}

extension ImportReport {
    /// What became of the records, in words for a terminal.
    /// - Parameter would: `would be ` of a dry run, nothing of a real one.
    package func told(would: String) -> String {
        let faults = failed == refused ? "" : ", with \(failed) faults"
        return "\(created) \(would)created, \(updated) \(would)updated, \(unchanged) unchanged, \(refused) refused"
            + faults
    }
}

/// How an import runs.
package struct ImportOptions: Sendable {
    package var isDryRun = false
    /// The first bad record ends the import, and nothing of its page is kept.
    package var isStrict = false
    /// How many records an earlier run has done.
    package var skipped = 0
    /// How many records behind those are written one by one: where a process died before, the next tells which one it was.
    package var alone = 0
    /// Told after each page how many records were read.
    package var progress: @Sendable (Int) -> Void = { _ in }
    /// Runs in the transaction of each page, so that what it keeps and what the page wrote are kept together. Told what
    /// became of the page, and how many records were read up to its end.
    package var keep: @Sendable (ImportReport, Int, Transaction) throws -> Void = { _, _, _ in }

    /// Told what the database said where it refused a record, which is nothing for who sent the file.
    package var log: @Sendable (String) -> Void = { _ in }

    package init() {}
}
