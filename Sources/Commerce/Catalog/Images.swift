import Basics
import Persistence
import Resources

/// Something that shows images: a product, a category, a brand.
protocol Pictured: Resource {
    var id: Identifier<Self> { get }
    /// Which kinds of rows there are of it.
    var parts: Int64 { get set }
    static var images: Embed { get }
}

/// The images of things. Written as fact sheet 2.2.2 has it: rows without an id are added, rows with one are changed or
/// removed, and images that are not mentioned stay.
enum Images {
    /// All that have any, each by the column of `images` that is its key.
    static let owners: [any Pictured.Type] = [Product.self, Category.self, Brand.self]

    /// `reference/reliability-security.md` 5.1.
    static let countMax = 100
    private static let rowsMax = 200

    static let about = """
        Add with `{data}` (base64) or `{url}`, which is fetched soon; change with `{image_id, …}`; remove with \
        `{image_id, remove: 1}`.
        """

    private static let addressing =
        "`fit-1000x1000x90` may be any `fit|box-WxHxQ`, and the end any of jpg, png, gif, webp, avif."

    /// - Parameter key: whose they are.
    static func embed(by key: String) -> Embed {
        Embed(
            "images", of: "images", key: "image_id", by: key, order: "weight, image_id", parts: ProductParts.images,
            [
                .computed("image_id", .integerAsText, "image_id"),
                .computed("weight", .integerAsText, "weight", about: "Its place: 10, 20, 30, …"),
                .computed("variant_name", .text, "variant_name", nullable: true),
                .computed("description", .text, "description"),
                .computed(
                    "url", .link, "path", nullable: true,
                    about: addressing),
                .computed("width", .integer, "width", nullable: true),
                .computed("height", .integer, "height", nullable: true),
                .computed("content_type", .text, "content_type", nullable: true),
                .computed("source_url", .text, "source_url", nullable: true),
                .computed(
                    "error", .text, "error", nullable: true,
                    about: "Why it could not be fetched from its `source_url`."),
            ])
    }

    /// One row of the table.
    struct Picture: Equatable {
        let id: Int64
        var weight: Int64
        var variantName: String?
        var description: String
        var file: Upload?
        var sourceURL: String?

        /// Whether its texts are the same to the byte.
        func isWritten(as other: Picture) -> Bool {
            [variantName, description].map { $0.map(ExactText.init) }
                == [other.variantName, other.description].map { $0.map(ExactText.init) }
        }

        /// Where it is shown; nil until it is here.
        var path: String? { file.map { Images.path(id, $0.type, description) } }
    }

    /// What a list of rows did.
    struct Outcome {
        var added: [Picture] = []
        var changed: [Picture] = []
        var removed: [Int64] = []

        var isNothing: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
    }

    /// `cache/1/0/8/7/3/front-fit-1000x1000x90.png` (fact sheet 1.12).
    static func path(_ id: Int64, _ type: FileType, _ description: String) -> String {
        let digits = String(id).map { String($0) }.joined(separator: "/")
        var slug = String(Slug.of(description).prefix(60))
        if !slug.isEmpty { slug += "-" }
        return "cache/\(digits)/\(slug)fit-1000x1000x90.\(type.fileExtension)"
    }

    /// Merges the images of bodies.
    static func store<Owner: Pictured>(
        _ rows: inout [Described<Owner>], isStrict: Bool, in tx: Transaction
    ) throws {
        let wishes = try rows.map { try ($0.body["images"] ?? .null).elements(at: "/images", atMost: rowsMax) }
        var owners = rows.map(\.new)
        let outcomes = try merge(wishes, at: { "/images/\($0)" }, of: &owners, isStrict: isStrict, in: tx)
        for (index, outcome) in outcomes.enumerated() where !outcome.isNothing {
            rows[index].new = owners[index]
            rows[index].hasNewParts = true
        }
    }

    /// Merges one row into the images of one owner.
    static func merge<Owner: Pictured>(
        _ row: JSON, of owner: inout Owner, isStrict: Bool, in tx: Transaction
    ) throws -> Outcome {
        var owners = [owner]
        let outcomes = try merge([[row]], at: { _ in "" }, of: &owners, isStrict: isStrict, in: tx)
        owner = owners.first ?? owner
        return outcomes.first ?? Outcome()
    }

    /// Merges rows into the images of owners of one kind.
    /// - Parameters:
    ///   - rows: those of each owner.
    ///   - pointer: where a row stands in the body.
    /// - Returns: what was done to each owner.
    private static func merge<Owner: Pictured>(
        _ rows: [[JSON]], at pointer: (Int) -> String, of owners: inout [Owner], isStrict: Bool, in tx: Transaction
    ) throws -> [Outcome] {
        var outcomes = owners.map { _ in Outcome() }
        let concerned = owners.indices.filter { !rows[$0].isEmpty }
        guard !concerned.isEmpty else { return outcomes }
        let shown = concerned.map { owners[$0] }.filter { $0.parts & ProductParts.images != 0 }
        let stored = try stored(of: Owner.self, shown.map(\.id.rawValue), in: tx)
        for index in concerned {
            var pictures = stored[owners[index].id.rawValue] ?? []
            var errors: [Problem.FieldError] = []
            for (place, row) in rows[index].enumerated() {
                var reader = ImageRow(row, at: pointer(place), of: Owner.info.path, tx)
                try reader.apply(to: &pictures, &outcomes[index], isStrict: isStrict)
                errors += reader.errors
            }
            if !errors.isEmpty { throw Problem.invalid(errors) }
            guard pictures.count <= countMax else {
                throw Problem.invalid("/images", "too_many", "a \(Owner.info.path) has at most \(countMax) images")
            }
            owners[index].has(ProductParts.images, !pictures.isEmpty)
        }
        try write(concerned.map { (owners[$0].id.rawValue, outcomes[$0]) }, of: Owner.self, in: tx)
        return outcomes
    }

    /// The images of owners of one kind, in the order in which they are shown.
    static func stored<Owner: Pictured>(
        of _: Owner.Type, _ owners: [Int64], in tx: Transaction
    ) throws -> [Int64: [Picture]] {
        guard !owners.isEmpty else { return [:] }
        let key = Owner.info.key
        return try tx.db.rows(
            """
            SELECT \(raw: key), image_id, weight, variant_name, description, sha256, content_type, width, height,
            source_url FROM images WHERE webshop_id = \(tx.shop) AND \(raw: key) IN (\(SQL.paddedList(owners)))
            ORDER BY \(raw: key), weight, image_id
            """
        ).reduce(into: [:]) { stored, row in
            var file: Upload?
            if let hash = row.text(5), let type = row.text(6).flatMap({ FileType(contentType: $0) }) {
                file = Upload(
                    sha256: hash, bytes: 0, type: type, width: row.integer(7) ?? 0, height: row.integer(8) ?? 0)
            }
            stored[row.integer(0) ?? 0, default: []].append(
                Picture(
                    id: row.integer(1) ?? 0, weight: row.integer(2) ?? 0, variantName: row.text(3),
                    description: row.text(4) ?? "", file: file, sourceURL: row.text(9)))
        }
    }

    // MARK: Writing

    private static func write<Owner: Pictured>(
        _ outcomes: [(owner: Int64, outcome: Outcome)], of _: Owner.Type, in tx: Transaction
    ) throws {
        guard outcomes.contains(where: { !$0.outcome.isNothing }) else { return }
        tx.markChanged("images")
        try remove(outcomes.flatMap(\.outcome.removed), in: tx)
        let rows = outcomes.flatMap { owner, outcome in
            (outcome.added + outcome.changed).map { row(of: $0, owner, in: tx) }
        }
        try tx.db.run(
            SQL.insertions(
                """
                INSERT INTO images (webshop_id, image_id, \(Owner.info.key), weight, variant_name, description, path,
                sha256, content_type, width, height, source_url, created) VALUES
                """, rows,
                """
                ON CONFLICT (webshop_id, image_id) DO UPDATE SET weight = excluded.weight,
                variant_name = excluded.variant_name, description = excluded.description, path = excluded.path
                """))
        let added = outcomes.flatMap(\.outcome.added)
        try MediaOwners.add(.image, added.map(\.id), in: tx)
        try ImageFetches.add(added.filter { $0.file == nil }, in: tx)
    }

    private static func row(of picture: Picture, _ owner: Int64, in tx: Transaction) -> [SQLValue] {
        let file = picture.file
        return [
            tx.shop.sqlValue, picture.id.sqlValue, owner.sqlValue, picture.weight.sqlValue,
            picture.variantName.sqlValue,
            picture.description.sqlValue, picture.path.sqlValue, file?.sha256.sqlValue ?? .null,
            file?.type.contentType.sqlValue ?? .null, (file?.width).sqlValue, (file?.height).sqlValue,
            picture.sourceURL.sqlValue, tx.now.sqlValue,
        ]
    }

    /// Takes out all that a deleted owner has.
    static func removeAll<Owner: Pictured>(of old: Owner, in tx: Transaction) throws {
        guard old.parts & ProductParts.images != 0 else { return }
        try remove(try stored(of: Owner.self, [old.id.rawValue], in: tx).values.joined().map(\.id), in: tx)
    }

    /// Takes rows out; the bytes go when nothing else uses them.
    private static func remove(_ ids: [Int64], in tx: Transaction) throws {
        try tx.db.run(
            SQL.each(ids) { "DELETE FROM images WHERE webshop_id = \(tx.shop) AND image_id IN (\($0))" })
        try ImageFetches.queue.cancel(ids, in: tx)
        try MediaOwners.remove(.image, ids, in: tx)
    }
}
