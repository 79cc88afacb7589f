package import Persistence
import Resources

/// Whose public media are: the address of an image carries its id and nothing of the shop. Also which bytes are in use.
package enum MediaOwners {
    enum Kind: String {
        case image, product
    }

    static func add(_ kind: Kind, _ ids: [Int64], in tx: Transaction) throws {
        try tx.db.run(
            SQL.insertions(
                "INSERT INTO media_owners (kind, id, webshop_id) VALUES",
                ids.map { [.text(kind.rawValue), $0.sqlValue, tx.shop.sqlValue] }, "ON CONFLICT (kind, id) DO NOTHING"))
    }

    static func remove(_ kind: Kind, _ ids: [Int64], in tx: Transaction) throws {
        try tx.db.run(SQL.each(ids) { "DELETE FROM media_owners WHERE kind = \(kind.rawValue) AND id IN (\($0))" })
    }

    /// Bytes that the public may have.
    package struct Public: Sendable {
        package let shop: Int64
        package let sha256: String
        package let contentType: String
        /// The name of a document; "" for an image.
        package let filename: String
    }

    /// The image under an id, where it is here.
    package static func image(_ id: Int64, in storage: any Storage) async throws -> Public? {
        let rows = try await storage.fetch(
            """
            SELECT i.webshop_id, i.sha256, i.content_type FROM media_owners o
            JOIN images i ON i.webshop_id = o.webshop_id AND i.image_id = o.id
            WHERE o.kind = 'image' AND o.id = \(id)
            """)
        guard let row = rows.first, let hash: String = try row["sha256"] else { return nil }
        return Public(
            shop: try row["webshop_id"], sha256: hash, contentType: try row["content_type"] ?? "", filename: "")
    }

    /// The document of a product under a name.
    package static func document(
        _ name: String, of product: Int64, in storage: any Storage
    ) async throws -> Public? {
        let rows = try await storage.fetch(
            """
            SELECT f.webshop_id, f.sha256 FROM media_owners o
            JOIN product_files f ON f.webshop_id = o.webshop_id AND f.product_id = o.id
            WHERE o.kind = 'product' AND o.id = \(product) AND f.filename = \(name)
            """)
        guard let row = rows.first, let hash: String = try row["sha256"] else { return nil }
        return Public(shop: try row["webshop_id"], sha256: hash, contentType: "application/pdf", filename: name)
    }

    /// Which of some files of a shop are still shown somewhere.
    package static func used(_ hashes: [String], shop: Int64, in storage: any Storage) async throws -> Set<String> {
        let list = SQL.list(hashes)
        let rows = try await storage.fetch(
            """
            SELECT sha256 FROM images WHERE webshop_id = \(shop) AND sha256 IN (\(list))
            UNION SELECT sha256 FROM product_files WHERE webshop_id = \(shop) AND sha256 IN (\(list))
            """)
        return Set(try rows.map { try $0["sha256"] as String })
    }

    /// All originals that rows name, as (shop, hash).
    package static let named: SQL = """
        SELECT webshop_id, sha256 FROM images WHERE sha256 IS NOT NULL
        UNION SELECT webshop_id, sha256 FROM product_files ORDER BY 1, 2
        """

    /// The tables of these rows.
    package static let tables = ["images", "product_files"]

    /// The name by which a media folder knows its database. Made the first time it is asked for.
    package static func databaseID(in storage: any Storage, or fresh: String) async throws -> String {
        try await storage.write { db in
            try db.run(
                """
                INSERT INTO server_facts (name, value) VALUES ('database_id', \(fresh)) ON CONFLICT (name) DO NOTHING
                """)
            return try db.row(Self.databaseIDStored).map { try $0["value"] } ?? fresh
        }
    }

    package static func newDatabaseID() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

    /// Reads the name, where it was made.
    package static let databaseIDStored: SQL = "SELECT value FROM server_facts WHERE name = 'database_id'"

    /// Makes a database another one than that whose rows it holds: what it was copied from goes by the old name.
    /// - Parameter fresh: one that was made here, letters and digits, which stand in the statement itself.
    package static func rename(to fresh: String) -> SQL {
        """
        INSERT INTO server_facts (name, value) VALUES ('database_id', '\(raw: fresh)')
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    }
}
