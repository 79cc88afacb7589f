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
