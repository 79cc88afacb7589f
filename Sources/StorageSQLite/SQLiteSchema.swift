import Persistence

extension SQLiteConnection {
    func describe() throws -> StoredSchema {
        let columns = try rows(
            """
            SELECT t.name, c.name, upper(c.type), c."notnull", c.pk
            FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c
            WHERE \(SQLiteConnection.ours) AND c.hidden <> 1 ORDER BY t.name, c.cid
            """)
        let parts = try rows(
            """
            SELECT t.name, i.name, i."unique", i.origin, x.name, x.seqno, s.sql
            FROM pragma_table_list AS t JOIN pragma_index_list(t.name) AS i JOIN pragma_index_xinfo(i.name) AS x
            LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = i.name
            WHERE \(SQLiteConnection.ours) AND i.origin <> 'pk' AND x."key" = 1 ORDER BY t.name, i.name, x.seqno
            """)
        let indexes = Dictionary(grouping: parts) { $0.text(0) ?? "" }
        let tables = Dictionary(grouping: columns) { $0.text(0) ?? "" }
        return StoredSchema(
            tables: tables.keys.sorted().map { name in
                table(name, columns: tables[name] ?? [], indexParts: indexes[name] ?? [])
            })
    }

    /// Tables of the migrations: not SQLite's, not those behind a virtual table, and not the one that stands in for
    /// the sequences of the other engine.
    private static var ours: SQL {
        "t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> 'sequences'"
    }

    private func table(_ name: String, columns: [Row], indexParts: [Row]) -> StoredSchema.Table {
        let key = columns.filter { ($0.integer(4) ?? 0) > 0 }.sorted { ($0.integer(4) ?? 0) < ($1.integer(4) ?? 0) }
        let indexes = Dictionary(grouping: indexParts) { $0.text(1) ?? "" }
        return StoredSchema.Table(
            name: name, columns: columns.map(column), primaryKey: key.map { $0.text(1) ?? "" },
            indexes: indexes.values.compactMap { index($0, table: name) }.sorted { $0.name < $1.name })
    }

    private func column(_ row: Row) -> StoredSchema.Column {
        let type = row.text(2) ?? ""
        let isKey = (row.integer(4) ?? 0) > 0
        return StoredSchema.Column(
            name: row.text(1) ?? "", type: type == "INTEGER" || type == "INT" ? "BIGINT" : type,
            isNullable: !row.flag(3) && !isKey)
    }

    private func index(_ parts: [Row], table: String) -> StoredSchema.Index? {
        guard let first = parts.first else { return nil }
        let terms = first.text(6).map(SQLiteConnection.terms) ?? []
        let columns = parts.enumerated().map { position, part in
            part.text(4) ?? (position < terms.count ? terms[position] : "expression")
        }
        // A UNIQUE inside CREATE TABLE has no name here; the other engine gives it this one.
        let isNamed = first.text(3) == "c"
        return StoredSchema.Index(
            name: isNamed ? first.text(1) ?? "" : "\(table)_\(columns.joined(separator: "_"))_key",
            columns: columns, isUnique: first.flag(2))
    }

    /// The terms in the first parenthesis of `CREATE INDEX`, which are split by commas in no further parenthesis and in
    /// no quotes.
    static func terms(_ text: String) -> [String] {
        var terms: [String] = []
        var term = ""
        var depth = 0
        var quote: Character?
        for character in text.drop(while: { $0 != "(" }).dropFirst() {
            switch (character, quote) {
            case (let closing, let open?): if closing == open { quote = nil }
            case ("'", nil), ("\"", nil): quote = character
            case ("(", nil): depth += 1
            case (")", nil) where depth == 0: return terms + [trimmed(term)]
            case (")", nil): depth -= 1
            case (",", nil) where depth == 0:
                terms.append(trimmed(term))
                term = ""
                continue
            default: break
            }
            term.append(character)
        }
        return terms
    }

    /// Without the spaces around it and the direction behind it.
    private static func trimmed(_ term: String) -> String {
        var words = term.split(whereSeparator: \.isWhitespace)
        if let last = words.last?.uppercased(), ["ASC", "DESC"].contains(last) { words.removeLast() }
        return words.joined(separator: " ")
    }
}
