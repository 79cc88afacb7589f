/// Tables, columns and indexes as a database reports them, in the portable words of the migrations.
package struct StoredSchema: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        package let name: String
        /// `BIGINT`, `SMALLINT` or `TEXT`; SQLite stores both integer words as `INTEGER` and reports `BIGINT`.
        package let type: String
        package let isNullable: Bool

        package init(name: String, type: String, isNullable: Bool) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
        }
    }

    package struct Index: Sendable, Equatable {
        package let name: String
        package let columns: [String]
        package let isUnique: Bool

        package init(name: String, columns: [String], isUnique: Bool) {
            self.name = name
            self.columns = columns
            self.isUnique = isUnique
        }
    }

    package struct Table: Sendable, Equatable {
        package let name: String
        package let columns: [Column]
        package let primaryKey: [String]
        /// Every index but the primary key's, by name.
        package let indexes: [Index]

        package init(name: String, columns: [Column], primaryKey: [String], indexes: [Index]) {
            self.name = name
            self.columns = columns
            self.primaryKey = primaryKey
            self.indexes = indexes
        }
    }

    /// By name.
    package let tables: [Table]

    package init(tables: [Table]) {
        self.tables = tables
    }
}
