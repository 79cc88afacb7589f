import Basics
import Resources

/// Reads `butik-csv`. A column that is missing leaves the product as it is; a cell that is empty clears it.
struct ButikCSVReader: RecordReader {
    private var groups: RowGroups
    private let cells: ButikCells
    let variantColumns =
        ButikCSV.variantColumns.reduce(into: ["options": "option1_name"]) { $0[$1.member] = $1.column }

    init(_ source: ImportSource) throws {
        let table = try CSVTable(source, required: ["own_id"]) { FormulaGuard.removed(from: $0, isOurs: true) }
        let known = Set(ButikCSV.columns)
        if let unknown = table.names.first(where: { !known.contains($0.lowercased()) }) {
            throw CSVReader.Failure(line: 1, reason: "the header has a column \(unknown) that butik-csv does not know")
        }
        cells = ButikCells(
            numbers: FileNumbers(source, in: ButikCells.numbers), hasPoints: !table.hasSemicolons)
        groups = RowGroups(table) { row, first in
            guard row[ButikCSV.type] == ButikCSV.variant else { return false }
            return row[ButikCSV.parent] == first[first[ButikCSV.type] == ButikCSV.variant ? ButikCSV.parent : "own_id"]
        }
    }

    mutating func next() throws -> Result<ImportRecord, ImportFault>? {
        guard let rows = try groups.next() else { return nil }
        return rows.flatMap { rows in
            do throws(ImportFault) {
                return .success(try cells.record(of: rows))
            } catch {
                return .failure(error)
            }
        }
    }
}

/// What the cells of a product's row and those of its variants mean.
private struct ButikCells {
    /// The columns that have numbers.
    static let numbers = ExportedFields.plain.filter(\.kind.isNumber).map(\.name) + ["stock"]

    let numbers: FileNumbers
    /// Whether a point is sure to stand before decimals: only spreadsheets put semicolons between fields.
    let hasPoints: Bool

    func record(of rows: [CSVRow]) throws(ImportFault) -> ImportRecord {
        let first = rows[0]
        let type = first[ButikCSV.type]
        let isPart = first[ButikCSV.type] == ButikCSV.variant
        let variants = isPart ? rows : Array(rows.dropFirst())
        let ownID = first[isPart ? ButikCSV.parent : "own_id"]
        if ownID.isEmpty {
            throw ImportFault(first.place, column: isPart ? ButikCSV.parent : "own_id", "is empty")
        }
        if !["", ButikCSV.product, ButikCSV.variant].contains(type) {
            throw ImportFault(first.place, column: ButikCSV.type, "must be product or variant")
        }
        let isUnpriced = !isPart && first["price"] == ButikCSV.unpriced
        var body =
            isPart ? JSONObject([.init("own_id", .string(ownID))]) : try product(first, hasVariants: !variants.isEmpty)
        var record = ImportRecord(first.place, JSONObject())
        var settings: [JSON] = []
        for row in variants {
            do throws(ImportFault) {
                settings.append(try setting(row))
                record.places["stock_settings", default: []].append(row.place)
            } catch {
                var fault = error
                fault.ownID = row["own_id"]
                record.faults.append(fault)
            }
        }
        if !variants.isEmpty, body["profile"] ?? .null == .null {
            body = body.without(["profile"])
            if let profile = profile(of: variants) { body.append("profile", profile) }
        }
        body.give("stock_settings", settings)
        record.body = body
        record.mustExist = isPart
        record.mayLackPrice = isUnpriced
        record.needsVariants = !variants.isEmpty
        record.mayBeVariant = type.isEmpty && variants.isEmpty
        return record
    }

    private func product(_ row: CSVRow, hasVariants: Bool) throws(ImportFault) -> JSONObject {
        var body = JSONObject()
        for field in ExportedFields.plain {
            // No price is not 0: a product that has one keeps it.
            guard let cell = row.exact(field.name), !(field.name == "price" && cell.trimmed.isEmpty) else { continue }
            body.append(field.name, try value(cell, of: field, at: row.place))
        }
        for (name, kind) in ButikCSV.named {
            guard let cell = kind == .plain ? row.exact(name) : row.cell(name), !(cell.isEmpty && name == "stock"),
                !(name == "stock" && hasVariants)
            else { continue }
            let said = name == "stock" ? numbers.number(cell.trimmed) : cell
            body.append(name, try value(said, as: kind, ImportFault(row.place, column: name, "is no JSON")))
        }
        return body
    }

    private func value(_ cell: String, of field: FieldInfo, at place: ImportPlace) throws(ImportFault) -> JSON {
        if field.kind == .json {
            if cell.isEmpty { return field.isNullable ? .null : [] }
            return try json(cell, ImportFault(place, column: field.name, "is no JSON"))
        }
        if field.name == "price", cell.trimmed == ButikCSV.unpriced { return .null }
        if cell.isEmpty, field.isNullable { return .null }
        return .string(field.kind.isNumber ? number(cell, field.kind) : cell)
    }

    /// Masses have three decimals, which money never has.
    private func number(_ cell: String, _ kind: FieldKind) -> String {
        numbers.number(cell, isPointSure: hasPoints && kind == .decimal(places: 3))
    }

    private func value(_ cell: String, as kind: ButikCSV.Cell, _ fault: ImportFault) throws(ImportFault) -> JSON {
        if cell.isEmpty { return kind == .plain || kind == .path ? .null : [] }
        if cell.hasPrefix("[") || cell.hasPrefix("{") { return try json(cell, fault) }
        switch kind {
        case .plain: return .string(cell)
        case .json: throw fault
        case .list: return .array(ButikCSV.bars.values(cell).map { .string($0) })
        case .path: return path(cell)
        case .paths: return .array(ButikCSV.bars.values(cell).map(path))
        case .counts: return .array(ButikCSV.bars.values(cell).map(counted))
        }
    }

    private func path(_ cell: String) -> JSON {
        .array(ButikCSV.steps.values(cell).map { .string($0) })
    }

    /// `SKU*2`, or a SKU alone for one of it.
    private func counted(_ cell: String) -> JSON {
        if let star = cell.lastIndex(of: "*"),
            let count = WholeNumber(strict: String(cell[cell.index(after: star)...]))?.int64
        {
            return ["own_id": .string(String(cell[..<star])), "count": .number(JSONNumber(count))]
        }
        return ["own_id": .string(cell), "count": 1]
    }

    private func json(_ cell: String, _ fault: ImportFault) throws(ImportFault) -> JSON {
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(Array(cell.utf8))
        } catch {
            throw ImportFault(fault.place, column: fault.column, "\(error.reason) (at byte \(error.offset))")
        }
    }

    private static let kinds: [String: FieldKind] = [
        "price": .amount, "sale_price": .amount, "purchase_price": .amount, "weight": .decimal(places: 3),
        "stock": .integer,
    ]

    private func setting(_ row: CSVRow) throws(ImportFault) -> JSON {
        let options = options(of: row)
        if options.isEmpty, row["own_id"].isEmpty {
            throw ImportFault(row.place, column: "option1_name", "is empty, and so is own_id")
        }
        if let open = options.first(where: { $0.value.isEmpty }) {
            throw ImportFault(row.place, column: "option1_value", "is empty for \(open.name)")
        }
        var setting = JSONObject()
        if !options.isEmpty {
            setting.append("options", .object(JSONObject(options.map { .init($0.name, .string($0.value)) })))
        }
        for (member, column) in ButikCSV.variantColumns {
            guard let cell = row.exact(column), !(cell.isEmpty && member == "stock") else { continue }
            let said = Self.kinds[member].map { number(cell.trimmed, $0) } ?? cell
            setting.append(member, cell.isEmpty ? .null : .string(said))
        }
        return .object(setting)
    }

    private func options(of row: CSVRow) -> [(name: String, value: String)] {
        [1, 2].map { (row.exact("option\($0)_name") ?? "", row.exact("option\($0)_value") ?? "") }.filter {
            !$0.0.isEmpty
        }
    }

    /// What is made of the variants where the product's row names no profile.
    private func profile(of variants: [CSVRow]) -> JSON? {
        guard let names = variants.map({ options(of: $0).map(\.name) }).first(where: { !$0.isEmpty }) else {
            return nil
        }
        let choices = names.map { name in
            (name, variants.compactMap { row in options(of: row).first { $0.name == name }?.value })
        }
        return VariantOptions.profile(names.joined(separator: " / "), choices: choices)
    }
}

extension FieldKind {
    fileprivate var isNumber: Bool {
        switch self {
        case .amount, .decimal, .integer: true
        default: false
        }
    }
}
