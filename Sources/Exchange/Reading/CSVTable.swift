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
