import Basics
import Persistence
import Resources

/// The images of things, whatever kind they are of: the resource's path and the id say whose a row is. Written as fact sheet
/// 2.2.2 has it: rows without an id are added, rows with one are changed or removed, and images that are not mentioned stay.
enum Images {
    /// `reference/reliability-security.md` 5.1.
    static let countMax = 100
    private static let rowsMax = 200

    static let about = """
        Add with `{data}` (base64) or `{url}`, which is fetched soon; change with `{image_id, …}`; remove with \
        `{image_id, remove: 1}`.
        """

    private static let addressing =
        "`fit-1000x1000x90` may be any `fit|box-WxHxQ`, and the end any of jpg, png, gif, webp, avif."

    /// - Parameter owner: the path of the resource whose they are.
    static func embed(of owner: String) -> Embed {
        Embed(
            "images", of: "images", key: "image_id", by: "owner_id", order: "weight, image_id",
            parts: ProductParts.images, only: "owner = '\(owner)'",
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

    /// Whether a resource has images.
    static func isShown(by info: ResourceInfo) -> Bool { info.plan.embeds.contains { $0.table == "images" } }

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

    /// One that has images: its id, and whether there are any.
    private struct Owner: Parted {
        let id: Int64
        var parts: Int64
    }

    /// Merges the images of bodies.
    static func store<R: Resource>(_ rows: inout [Described<R>], isStrict: Bool, in tx: Transaction) throws {
        let wishes = try rows.map { try ($0.body["images"] ?? .null).elements(at: "/images", atMost: rowsMax) }
        var owners = rows.map { Owner(id: $0.id, parts: $0.parts) }
        let outcomes = try merge(wishes, at: { "/images/\($0)" }, of: &owners, R.info.path, isStrict: isStrict, in: tx)
        for (index, outcome) in outcomes.enumerated() where !outcome.isNothing {
            rows[index].parts = owners[index].parts
            rows[index].hasNewParts = true
        }
    }

    /// Merges one row into the images of one owner.
    static func merge<R: Resource>(
        _ row: JSON, of stored: inout Stored<R>, isStrict: Bool, in tx: Transaction
    ) throws -> Outcome {
        var owners = [Owner(id: stored.id, parts: stored.parts)]
        let outcomes = try merge([[row]], at: { _ in "" }, of: &owners, R.info.path, isStrict: isStrict, in: tx)
        stored.parts = owners.first?.parts ?? stored.parts
        return outcomes.first ?? Outcome()
    }

    /// Merges rows into the images of owners of one kind.
    /// - Parameters:
    ///   - rows: those of each owner.
    ///   - pointer: where a row stands in the body.
    /// - Returns: what was done to each owner.
    private static func merge(
        _ rows: [[JSON]], at pointer: (Int) -> String, of owners: inout [Owner], _ kind: String, isStrict: Bool,
        in tx: Transaction
    ) throws -> [Outcome] {
        var outcomes = owners.map { _ in Outcome() }
        let concerned = owners.indices.filter { !rows[$0].isEmpty }
        guard !concerned.isEmpty else { return outcomes }
        let shown = concerned.map { owners[$0] }.filter { $0.has(ProductParts.images) }
        let stored = try stored(of: kind, shown.map(\.id), in: tx)
        for index in concerned {
            var pictures = stored[owners[index].id] ?? []
            var errors: [Problem.FieldError] = []
            for (place, row) in rows[index].enumerated() {
                var reader = ImageRow(row, at: pointer(place), of: kind, tx)
                try reader.apply(to: &pictures, &outcomes[index], isStrict: isStrict)
                errors += reader.errors
            }
            if !errors.isEmpty { throw Problem.invalid(errors) }
            guard pictures.count <= countMax else {
                throw Problem.invalid("/images", "too_many", "a \(kind) has at most \(countMax) images")
            }
            owners[index].note(ProductParts.images, !pictures.isEmpty)
        }
        try write(concerned.map { (owners[$0].id, outcomes[$0]) }, of: kind, in: tx)
        return outcomes
    }

    /// The images of owners of one kind, in the order in which they are shown.
    static func stored(of kind: String, _ owners: [Int64], in tx: Transaction) throws -> [Int64: [Picture]] {
        guard !owners.isEmpty else { return [:] }
        return try tx.db.rows(
            """
            SELECT owner_id, image_id, weight, variant_name, description, sha256, content_type, width, height,
            source_url FROM images WHERE webshop_id = \(tx.shop) AND owner = \(kind)
            AND owner_id IN (\(SQL.paddedList(owners))) ORDER BY owner_id, weight, image_id
            """
        ).reduce(into: [:]) { stored, row in
            var file: Upload?
            if let hash: String = try row["sha256"],
                let type = try (row["content_type"] as String?).flatMap({ FileType(contentType: $0) })
            {
                file = Upload(
                    sha256: hash, bytes: 0, type: type, width: try row["width"] ?? 0, height: try row["height"] ?? 0)
            }
            stored[try row["owner_id"], default: []].append(
                Picture(
                    id: try row["image_id"], weight: try row["weight"], variantName: try row["variant_name"],
                    description: try row["description"], file: file, sourceURL: try row["source_url"]))
        }
    }

    // MARK: Writing

    private static func write(
        _ outcomes: [(owner: Int64, outcome: Outcome)], of kind: String, in tx: Transaction
    ) throws {
        guard outcomes.contains(where: { !$0.outcome.isNothing }) else { return }
        tx.markChanged("images")
        try remove(outcomes.flatMap(\.outcome.removed), in: tx)
        let rows = outcomes.flatMap { owner, outcome in
            (outcome.added + outcome.changed).map { row(of: $0, kind, owner, in: tx) }
        }
        try tx.db.run(
            SQL.insertions(
                """
                INSERT INTO images (webshop_id, image_id, owner, owner_id, weight, variant_name, description, path,
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

    private static func row(
        of picture: Picture, _ kind: String, _ owner: Int64, in tx: Transaction
    ) -> [SQLValue] {
        let file = picture.file
        return [
            tx.shop.sqlValue, picture.id.sqlValue, kind.sqlValue, owner.sqlValue, picture.weight.sqlValue,
            picture.variantName.sqlValue, picture.description.sqlValue, picture.path.sqlValue,
            file?.sha256.sqlValue ?? .null, file?.type.contentType.sqlValue ?? .null, (file?.width).sqlValue,
            (file?.height).sqlValue, picture.sourceURL.sqlValue, tx.now.sqlValue,
        ]
    }

    /// Takes out all that a deleted owner has.
    static func removeAll<R: Resource>(of old: Stored<R>, in tx: Transaction) throws {
        guard old.has(ProductParts.images) else { return }
        try remove(try stored(of: R.info.path, [old.id], in: tx).values.joined().map(\.id), in: tx)
    }

    /// Takes rows out; the bytes go when nothing else uses them.
    private static func remove(_ ids: [Int64], in tx: Transaction) throws {
        try tx.db.run(
            SQL.each(ids) { "DELETE FROM images WHERE webshop_id = \(tx.shop) AND image_id IN (\($0))" })
        try ImageFetches.queue.cancel(ids, in: tx)
        try MediaOwners.remove(.image, ids, in: tx)
    }
}

extension Part {
    /// Pictures.
    static var images: Part { images() }

    /// Pictures, shown behind another member.
    static func images(after: String? = nil) -> Part {
        Part(
            { [.embedded(Images.embed(of: $0), after: after, about: Images.about)] },
            uploads: [.init("images", .image)], endpoints: { ImageEndpoints<Owner>.all },
            store: { try Images.store(&$0, isStrict: $1, in: $2) }, remove: { try Images.removeAll(of: $0, in: $1) })
    }
}
