import Foundation
import Persistence

/// Prints rows in columns.
enum Table {
    static func print(_ sql: SQL, _ headers: [String], _ options: CommonOptions) async throws {
        let settings = try await Settings.load(options)
        let rows = try await Database.with(settings, readOnly: true) { try await $0.fetch(sql) }
        let lines = [headers] + rows.map { $0.values.map(text) }
        let widths = headers.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let cells = zip(line, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            Swift.print(cells.joined(separator: "  "))
        }
    }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: ""
        case .integer(let integer): String(integer)
        case .text(let text): text
        }
    }
}
