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
