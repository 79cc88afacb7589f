import ButikFiles
import Persistence
import Support
import Testing

/// Whose an image is: the path of a resource and an id, whatever has images.
@Suite struct ImageOwnerTests {
    private static let before = "0026"

    @Test func `images from when each kind of owner had its column keep their owners`() async throws {
        let storage = try await Engine.emptyDatabase().storage
        let files = try ButikFiles.migrationFiles()
        let earlier = Migrator(files: files.filter { $0.name < Self.before }, dialect: storage.dialect)
        try #require(try await earlier.migrate(storage).count > 20)
        try await storage.write { db in
            for (place, key) in ["product_id", "category_id", "brand_id"].enumerated() {
                try db.run(
                    """
                    INSERT INTO images (webshop_id, image_id, \(raw: key), weight, variant_name, description, path, sha256,
                    content_type, width, height, source_url, error, created)
                    VALUES (1, \(Int64(place)), 7, 10, 'Red', 'Front', 'p', 'h', 'image/png', 3, 4, 's', 'e', 5)
                    """)
            }
        }
        _ = try await Migrator(files: files, dialect: storage.dialect).migrate(storage)
        let rows = try await storage.fetch(
            """
            SELECT owner, owner_id, weight, variant_name, description, path, sha256, content_type, width, height,
            source_url, error, created FROM images WHERE webshop_id = 1 ORDER BY image_id
            """)
        let rest: [SQLValue] = [
            .integer(7), .integer(10), .text("Red"), .text("Front"), .text("p"), .text("h"), .text("image/png"),
            .integer(3),
            .integer(4), .text("s"), .text("e"), .integer(5),
        ]
        #expect(rows.map(\.values) == ["product", "category", "brand"].map { [.text($0)] + rest })
        await storage.close()
    }
}
