/// The formats a catalogue can leave in.
package enum ExportFormat: String, CaseIterable, Sendable {
    case butikCSV = "butik-csv"
    case butikJSONL = "butik-jsonl"

    package var contentType: String {
        switch self {
        case .butikCSV: "text/csv; charset=utf-8"
        case .butikJSONL: "application/x-ndjson"
        }
    }

    /// What stands before the first product.
    var header: [UInt8] {
        switch self {
        case .butikCSV: Array((ButikCSV.columns.joined(separator: ",") + "\n").utf8)
        case .butikJSONL: []
        }
    }
}
