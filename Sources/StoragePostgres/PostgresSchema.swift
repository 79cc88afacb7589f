import Persistence

extension PostgresTransaction {
    /// The tables of the current schema. Names come back in byte order, whatever the database's locale.
    func describe() throws -> StoredSchema {
        let indexes = try storedIndexes()
        var tables: [StoredSchema.Table] = []
        var columns: [StoredSchema.Column] = []
        let rows = try execute(Self.columnsOfTables).rows()
        for (position, row) in rows.enumerated() {
            let table: String = try row["table_name"]
            columns.append(
                StoredSchema.Column(name: try row["name"], type: try row["type"], isNullable: try row["is_nullable"]))
            if position + 1 < rows.count, try rows[position + 1]["table_name"] == table { continue }
            let own = indexes[table] ?? []
            tables.append(
                StoredSchema.Table(
                    name: table, columns: columns, primaryKey: own.first { $0.isPrimary }?.index.columns ?? [],
                    indexes: own.filter { !$0.isPrimary }.map(\.index)))
            columns = []
        }
        return StoredSchema(tables: tables)
    }

    private typealias StoredIndex = (index: StoredSchema.Index, isPrimary: Bool)

    /// Indexes by table. Each row is one index, its columns joined by a line feed, which no name of ours has.
    private func storedIndexes() throws -> [String: [StoredIndex]] {
        var indexes: [String: [StoredIndex]] = [:]
        for row in try execute(Self.indexesOfTables).rows() {
            let columns = try (row["columns"] as String).split(separator: "\n").map(String.init)
            let index = StoredSchema.Index(name: try row["name"], columns: columns, isUnique: try row["is_unique"])
            indexes[try row["table_name"], default: []].append((index, try row["is_primary"]))
        }
        return indexes
    }

    private static let columnsOfTables: SQL = """
        SELECT t.relname AS table_name, a.attname AS name, upper(format_type(a.atttypid, a.atttypmod)) AS type,
            NOT a.attnotnull AS is_nullable
        FROM pg_class t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
        ORDER BY t.relname, a.attnum
        """

    /// A key column that is an expression has no attribute, and its text stands in for a name.
    private static let indexesOfTables: SQL = """
        SELECT t.relname AS table_name, i.relname AS name, x.indisunique AS is_unique, x.indisprimary AS is_primary,
            string_agg(coalesce(a.attname::text, pg_get_indexdef(x.indexrelid, k.place, true)), E'\\n' ORDER BY k.place)
                AS columns
        FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_class t ON t.oid = x.indrelid
        CROSS JOIN LATERAL generate_series(1, x.indnkeyatts) AS k (place)
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[k.place - 1] AND a.attnum > 0
        WHERE t.relnamespace = current_schema()::regnamespace AND NOT t.relispartition
        GROUP BY t.relname, i.relname, x.indisunique, x.indisprimary
        ORDER BY t.relname, i.relname
        """
}
