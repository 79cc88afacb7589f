/// A CSV file with a header: rows whose cells are asked for by the names of their columns.
struct CSVTable {
    private var csv: CSVReader
    /// The header's names, as they are written.
    let names: [String]
    /// Whether semicolons stand between fields, so that commas may be decimal points.
    var hasSemicolons: Bool { csv.hasSemicolons }
    private let places: [String: Int]
    private let readCell: (String) -> String

    /// - Parameters:
    ///   - required: columns without which the file is not of the format.
    ///   - readCell: what a cell says, where the format writes some texts otherwise.
    init(_ source: ImportSource, required: [String], readCell: @escaping (String) -> String = { $0 }) throws {
        self.readCell = readCell
        csv = CSVReader(try source.open())
        guard let header = try csv.next() else { throw CSVReader.Failure(line: 1, reason: "the file is empty") }
        names = header.fields
        places = Dictionary(
            header.fields.enumerated().map { ($1.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        if let missing = required.first(where: { places[$0.lowercased()] == nil }) {
            throw CSVReader.Failure(line: header.line, reason: "the header has no column \(missing)")
        }
    }

    mutating func next() throws -> Result<CSVRow, ImportFault>? {
        do {
            guard let record = try csv.next() else { return nil }
            let place = ImportPlace(record: record.number, line: record.line)
            guard record.fields.count == names.count else {
                return .failure(ImportFault(place, "has \(record.fields.count) fields instead of \(names.count)"))
            }
            return .success(CSVRow(place: place, fields: record.fields.map(readCell), places: places))
        } catch let failure as CSVReader.Failure {
            return .failure(ImportFault(ImportPlace(record: failure.record, line: failure.line), failure.reason))
        }
    }
}

/// One row of a CSV file.
struct CSVRow: Sendable {
    let place: ImportPlace
    private let fields: [String]
    private let places: [String: Int]

    init(place: ImportPlace, fields: [String], places: [String: Int]) {
        self.place = place
        self.fields = fields
        self.places = places
    }

    /// The cell of a column, without the spaces around it; empty where there is no such column.
    subscript(column: String) -> String {
        cell(column) ?? ""
    }

    /// The cell of a column, nil where the file has no such column.
    func cell(_ column: String) -> String? {
        exact(column)?.trimmed
    }

    /// The cell as it is written.
    func exact(_ column: String) -> String? {
        places[column.lowercased()].map { fields[$0] }
    }
}

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
