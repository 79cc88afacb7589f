/// Rows that follow each other and are one record, such as a product and its variants.
struct RowGroups {
    private var table: CSVTable
    private let belongs: (CSVRow, CSVRow) -> Bool
    private var ahead: CSVRow?
    private var faults: [ImportFault] = []

    /// - Parameter belongs: whether a row is part of the record that another row began.
    init(_ table: CSVTable, _ belongs: @escaping (_ row: CSVRow, _ first: CSVRow) -> Bool) {
        self.table = table
        self.belongs = belongs
    }

    /// The next rows that belong together. A row that cannot be read is told behind them and does not part them.
    mutating func next() throws -> Result<[CSVRow], ImportFault>? {
        if !faults.isEmpty { return .failure(faults.removeFirst()) }
        var rows: [CSVRow] = []
        if let row = ahead { rows.append(row) }
        ahead = nil
        while let item = try table.next() {
            switch item {
            case .failure(let fault):
                if rows.isEmpty { return .failure(fault) }
                faults.append(fault)
            case .success(let row):
                if let first = rows.first, !belongs(row, first) {
                    ahead = row
                    return .success(rows)
                }
                rows.append(row)
            }
        }
        return rows.isEmpty ? nil : .success(rows)
    }
}
