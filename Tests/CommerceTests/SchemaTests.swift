import Areas
import ButikFiles
import Commerce
import Persistence
import Resources
import Support
import Testing

/// What is declared is what is stored, on both engines alike.
@Suite struct SchemaTests {
    /// Tables that are not a shop's; everything else leads its keys with the shop.
    private static let global: Set<String> = [
        "app_tokens", "countries", "login_failures", "login_links", "master_keys", "media_owners", "oauth_clients",
        "oauth_codes",
        "oauth_refresh_tokens", "once_forms", "recovery_codes", "reset_wishes", "schema_migrations", "server_facts",
        "sessions", "token_hashes", "users", "webshop_domains",
    ]
    /// Where the engines are unlike: the full-text index.
    private static let unlike: Set<String> = ["search_texts"]
    /// What waits for its place in the feed or in a chain, or for a worker, waits in one line, whichever shop it is of;
    /// a user has their shops, and an app those that have it.
    private static let ofAllShops: Set<String> = [
        "app_installs_app_idx", "apps_app_idx", "apps_status_idx", "audit_unchained_idx", "events_unplaced_idx",
        "queue_held_idx", "queue_lane_idx", "queue_shop_idx", "webhook_states_failing_idx", "webshop_users_user_idx",
    ]

    private static let infos = House.stored.map { resource in resource.info }
    private static let tables = infos.map { info in info.table }

    private static func stored() async throws -> [StoredSchema.Table] {
        try await TestServer.shared.storage.read { try $0.describe().tables }
    }

    @Test func `fields stand in the order of the initialiser`() {
        for resource in House.stored { expectOrder(resource) }
    }

    private func expectOrder<R: Resource>(_: R.Type) {
        let isInOrder = R.schema.isInOrder
        #expect(isInOrder, "\(R.info.path)")
    }

    @Test(arguments: tables)
    func `a table has the declared columns and no others`(_ name: String) async throws {
        let info = try #require(Self.infos.first { $0.table == name })
        let stored = try await Self.stored()
        let table = try #require(stored.first { $0.name == name })
        let shop = info.isShopOwned && info.key != "webshop_id" ? ["webshop_id BIGINT"] : []
        let system = ["version BIGINT", "created BIGINT", "last_modified BIGINT", "removed_on BIGINT NULL"]
        // Columns of a later migration stand behind the others.
        #expect(table.columns.map(Self.text).sorted() == (shop + info.fields.map(Self.text) + system).sorted())
    }

    private static func text(_ column: StoredSchema.Column) -> String {
        let type = column.type == "SMALLINT" ? "BIGINT" : column.type
        return "\(column.name) \(type)\(column.isNullable ? " NULL" : "")"
    }

    private static func text(_ field: FieldInfo) -> String {
        let type = field.kind.isText ? "TEXT" : "BIGINT"
        return "\(field.column) \(type)\(field.isNullable ? " NULL" : "")"
    }

    @Test func `every key of a shop's table begins with the shop`() async throws {
        let tables = try await Self.stored()
        #expect(Self.global.isSubset(of: tables.map(\.name)))
        for table in tables where !Self.global.contains(table.name) {
            #expect(table.primaryKey.first == "webshop_id", "\(table.name)")
            for index in table.indexes
            where !Self.unlike.contains(table.name) && !Self.ofAllShops.contains(index.name) {
                #expect(index.columns.first == "webshop_id", "\(index.name) of \(table.name)")
            }
        }
    }

    /// A row of a Postgres index has 2,704 bytes (btree: a third of a page), of which its head and integers take some.
    @Test func `every indexed text fits into a row of its index, whatever letters it has`() async throws {
        let tables = try await Self.stored()
        for info in Self.infos where !info.verbs.isDisjoint(with: [.create, .update]) {
            let table = try #require(tables.first { $0.name == info.table })
            for columns in table.indexes.map(\.columns) + [table.primaryKey] {
                let texts = columns.compactMap { name in info.fields.first { $0.column == name } }.filter { field in
                    [.text, .json, .link].contains(field.kind) && field.choices == nil
                }
                let bytes = texts.reduce(0) { $0 + min($1.bytesMax ?? .max, ($1.length?.upperBound ?? 16_384) * 4) }
                #expect(bytes <= 2600, "\(info.table) \(columns)")
            }
        }
    }

    @Test func `both engines have the same tables, columns, keys and indexes`() async throws {
        guard Engine.postgresURL != nil else { return }
        let sqlite = try await Self.migrated(.sqlite)
        let postgres = try await Self.migrated(.postgres)
        #expect(sqlite.map(\.name) == postgres.map(\.name))
        for (one, other) in zip(sqlite, postgres) {
            #expect(one.columns.map(Self.text) == other.columns.map(Self.text), "\(one.name)")
            #expect(one.primaryKey == other.primaryKey, "\(one.name)")
            #expect(one.indexes == other.indexes, "\(one.name)")
        }
    }

    private static func migrated(_ engine: Engine) async throws -> [StoredSchema.Table] {
        let storage = try await Engine.emptyDatabase(on: engine).storage
        _ = try await Migrator(files: try ButikFiles.migrationFiles(), dialect: storage.dialect).migrate(storage)
        let tables = try await storage.read { try $0.describe().tables }
        await storage.close()
        return tables.filter { !unlike.contains($0.name) }
    }
}
