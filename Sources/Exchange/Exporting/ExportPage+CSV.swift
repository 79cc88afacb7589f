import Basics

extension ExportPage {
    /// A row for each product and behind it one for each of its variants.
    func csv() throws -> [UInt8] {
        var writer = CSVWriter(capacity: 4096 + rows.bytes.count * 2)
        for index in rows.indices {
            let named = try named(index)
            let pictures = try pictures(index)
            let variants = try variants(index)
            writer.field(ButikCSV.product)
            writer.field("")
            for item in ExportedColumns.plain.items {
                guard let column = item.column else { continue }
                if item.name == "price", try !isPriced(index) {
                    writer.field(ButikCSV.unpriced)
                } else {
                    writer.cell(rows[index].cell(at: column), item, tenant)
                }
            }
            for (name, cell) in ButikCSV.named {
                let value = name == "images" ? .array(pictures.map { .object($0) }) : named[name] ?? .null
                writer.field(Self.text(value, cell))
            }
            for _ in ButikCSV.options { writer.field("") }
            writer.endRow()
            let ownID: String = try rows[index]["number"]
            for variant in variants { Self.write(variant, of: ownID, &writer) }
        }
        return writer.bytes
    }

    private static func write(_ variant: JSONObject, of ownID: String, _ writer: inout CSVWriter) {
        var cells: [String: String] = [ButikCSV.type: ButikCSV.variant, ButikCSV.parent: ownID]
        for (member, column) in ButikCSV.variantColumns { cells[column] = variant[member]?.words }
        if case .object(let options) = variant["options"] {
            for (place, option) in options.members.prefix(2).enumerated() {
                cells[ButikCSV.options[place * 2]] = option.name
                cells[ButikCSV.options[place * 2 + 1]] = option.value.words
            }
        }
        for column in ButikCSV.columns { writer.field(cells[column] ?? "") }
        writer.endRow()
    }

    /// The cell of a value; JSON where its short form would say less, or would look like JSON itself.
    private static func text(_ value: JSON, _ cell: ButikCSV.Cell) -> String {
        if value == .null || value == [] { return "" }
        guard let short = short(value, cell), !short.hasPrefix("["), !short.hasPrefix("{") else {
            if case .string(let name) = value {
                return JSON.object(JSONObject([.init("name", .string(name)), .init("own_id", .string(name))]))
                    .serialized
            }
            return value.serialized
        }
        return short
    }

    private static func short(_ value: JSON, _ cell: ButikCSV.Cell) -> String? {
        switch cell {
        case .plain: return value.words
        case .json: return nil
        case .list: return words(value).map(ButikCSV.bars.cell)
        case .path: return path(value)
        case .paths:
            guard case .array(let paths) = value else { return nil }
            let cells = paths.compactMap(path)
            return cells.count == paths.count ? ButikCSV.bars.cell(cells) : nil
        case .counts:
            guard case .array(let members) = value else { return nil }
            return ButikCSV.bars.cell(
                members.map { member in
                    guard case .object(let object) = member else { return "" }
                    return (object["own_id"]?.words ?? "") + "*" + (object["count"]?.words ?? "1")
                })
        }
    }

    private static func path(_ value: JSON) -> String? { words(value).map(ButikCSV.steps.cell) }

    /// The texts of a list; nil where an element is more than a text, or would be trimmed away.
    private static func words(_ value: JSON) -> [String]? {
        guard case .array(let elements) = value else { return nil }
        let words = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
        return words.count == elements.count && words.allSatisfy { $0 == $0.trimmed && !$0.isEmpty } ? words : nil
    }
}
