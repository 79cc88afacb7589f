/// A part of a file that is written in one transaction.
struct ImportPage: Sendable {
    var records: [ImportRecord] = []
    /// Of records that can't be read.
    var faults: [ImportFault] = []

    var count: Int { records.count + faults.count }

    /// What became of it where the import ends at its first fault: nothing of the records up to that one is kept, and
    /// those behind it were not looked at.
    /// - Parameter faults: all that were found in it, in the order of the file.
    func report(stoppedAt fault: ImportFault, of faults: [ImportFault]) -> ImportReport {
        let end = places.filter { $0 > fault.place.record }.min() ?? .max
        var report = ImportReport(
            refused: records.filter { $0.place.record < end }.reduce(0) { $0 + $1.stands }
                + self.faults.count { $0.place.record < end })
        for fault in faults where fault.place.record < end { report.refuse(fault) }
        return report
    }

    /// How many of its records begin behind a fault.
    func records(behind fault: ImportFault) -> Int {
        places.count { $0 > fault.place.record }
    }

    private var places: [Int] { records.map(\.place.record) + faults.map(\.place.record) }
}
