import Persistence

extension SQLiteConnection {
    func describe() throws -> StoredSchema {
        let columns = try rows(
            """
            SELECT t.name AS table_name, c.name, upper(c.type) AS type, c."notnull" AS is_needed, c.pk AS key_place
            FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c
            WHERE \(SQLiteConnection.ours) AND c.hidden <> 1 ORDER BY t.name, c.cid
            """)
        let parts = try rows(
            """
            SELECT t.name AS table_name, i.name, i."unique" AS is_unique, i.origin, x.name AS column_name, s.sql
            FROM pragma_table_list AS t JOIN pragma_index_list(t.name) AS i JOIN pragma_index_xinfo(i.name) AS x
            LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = i.name
            WHERE \(SQLiteConnection.ours) AND i.origin <> 'pk' AND x."key" = 1 ORDER BY t.name, i.name, x.seqno
            """)
        let indexes = try Dictionary(grouping: parts) { try $0["table_name"] as String }
        let tables = try Dictionary(grouping: columns) { try $0["table_name"] as String }
        return StoredSchema(
            tables: try tables.keys.sorted().map { name in
                try table(name, columns: tables[name] ?? [], indexParts: indexes[name] ?? [])
            })
    }

    /// Tables of the migrations: not SQLite's, not those behind a virtual table, and not the one that stands in for
    /// the sequences of the other engine.
    private static var ours: SQL {
        "t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> 'sequences'"
    }

    private func table(_ name: String, columns: [Row], indexParts: [Row]) throws -> StoredSchema.Table {
        let key = try columns.map { (place: try $0["key_place"] as Int, name: try $0["name"] as String) }
        let indexes = try Dictionary(grouping: indexParts) { try $0["name"] as String }
        return StoredSchema.Table(
            name: name, columns: try columns.map(column),
            primaryKey: key.filter { $0.place > 0 }.sorted { $0.place < $1.place }.map(\.name),
            indexes: try indexes.values.compactMap { try index($0, table: name) }.sorted { $0.name < $1.name })
    }

    private func column(_ row: Row) throws -> StoredSchema.Column {
        let type: String = try row["type"]
        let isKey = try row["key_place"] > 0
        return StoredSchema.Column(
            name: try row["name"], type: type == "INTEGER" || type == "INT" ? "BIGINT" : type,
            isNullable: try !row["is_needed"] && !isKey)
    }

    private func index(_ parts: [Row], table: String) throws -> StoredSchema.Index? {
        guard let first = parts.first else { return nil }
        let terms = try (first["sql"] as String?).map(SQLiteConnection.terms) ?? []
        let columns = try parts.enumerated().map { position, part in
            try part["column_name"] ?? (position < terms.count ? terms[position] : "expression")
        }
        // A UNIQUE inside CREATE TABLE has no name here; the other engine gives it this one.
        let isNamed = try first["origin"] == "c"
        return StoredSchema.Index(
            name: isNamed ? try first["name"] : "\(table)_\(columns.joined(separator: "_"))_key",
            columns: columns, isUnique: try first["is_unique"])
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
