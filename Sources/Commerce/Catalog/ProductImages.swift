import Outbound
import Persistence
import Resources

/// The pictures of a product. Written as fact sheet 2.2.2 has it: rows without an id are added, rows with one are changed or
/// removed, and pictures that are not mentioned stay.
enum ProductImages {
    /// `reference/reliability-security.md` 5.1.
    static let countMax = 100
    private static let rowsMax = 200

    static let about = """
        Add with `{data}` (base64) or `{url}`, which is fetched soon; change with `{image_id, …}`; remove with \
        `{image_id, remove: 1}`.
        """

    static let embed = Embed(
        "images", of: "images", key: "image_id", by: "product_id", order: "weight, image_id",
        parts: ProductParts.images,
        [
            .computed("image_id", .integerAsText, "image_id"),
            .computed("weight", .integerAsText, "weight", about: "Its place: 10, 20, 30, …"),
            .computed("variant_name", .text, "variant_name", nullable: true),
            .computed("description", .text, "description"),
            .computed(
                "url", .link, "path", nullable: true,
                about: "`fit-1000x1000x90` may be any `fit|box-WxHxQ`, and the end any of jpg, png, gif, webp, avif."),
            .computed("width", .integer, "width", nullable: true),
            .computed("height", .integer, "height", nullable: true),
            .computed("content_type", .text, "content_type", nullable: true),
            .computed("source_url", .text, "source_url", nullable: true),
            .computed(
                "error", .text, "error", nullable: true, about: "Why it could not be fetched from its `source_url`."),
        ])

    /// One row of the table.
    struct Picture: Equatable {
        let id: Int64
        var weight: Int64
        var variantName: String?
        var description: String
        var file: Upload?
        var sourceURL: String?

        /// Where it is shown; nil until it is here.
        var path: String? { file.map { ProductImages.path(id, $0.type, description) } }
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

    /// Merges rows into the product's pictures.
    /// - Parameter pointer: where a row stands in the body.
    static func merge(
        _ rows: [JSON], at pointer: (Int) -> String, of product: inout Product, isStrict: Bool, in tx: Transaction
    ) throws -> Outcome {
        guard !rows.isEmpty else { return Outcome() }
        var pictures = product.parts & ProductParts.images == 0 ? [] : try stored(of: product.id.rawValue, in: tx)
        var outcome = Outcome()
        var errors: [Problem.FieldError] = []
        for (index, row) in rows.enumerated() {
            var reader = RowReader(row, at: pointer(index), tx)
            try reader.apply(to: &pictures, &outcome, isStrict: isStrict)
            errors += reader.errors
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        guard pictures.count <= countMax else {
            throw Problem.invalid("/images", "too_many", "a product has at most \(countMax) images")
        }
        try write(outcome, of: product, in: tx)
        product.has(ProductParts.images, !pictures.isEmpty)
        return outcome
    }

    static func stored(of product: Int64, in tx: Transaction) throws -> [Picture] {
        try tx.db.rows(
            """
            SELECT image_id, weight, variant_name, description, sha256, content_type, width, height, source_url FROM images
            WHERE webshop_id = \(tx.shop) AND product_id = \(product) ORDER BY weight, image_id
            """
        ).map { row in
            var file: Upload?
            if let hash = row.text(4), let type = row.text(5).flatMap({ FileType(contentType: $0) }) {
                file = Upload(
                    sha256: hash, bytes: 0, type: type, width: row.integer(6) ?? 0, height: row.integer(7) ?? 0)
            }
            return Picture(
                id: row.integer(0) ?? 0, weight: row.integer(1) ?? 0, variantName: row.text(2),
                description: row.text(3) ?? "", file: file, sourceURL: row.text(8))
        }
    }

    // MARK: Writing

    private static func write(_ outcome: Outcome, of product: Product, in tx: Transaction) throws {
        guard !outcome.isNothing else { return }
        tx.markChanged("images")
        try remove(outcome.removed, in: tx)
        let rows = (outcome.added + outcome.changed).map { picture -> SQL in
            """
            (\(tx.shop), \(picture.id), \(product.id), \(picture.weight), \(picture.variantName), \(picture.description),
            \(picture.path), \(picture.file?.sha256), \(picture.file?.type.contentType), \(picture.file?.width),
            \(picture.file?.height), \(picture.sourceURL), \(tx.now))
            """
        }
        guard !rows.isEmpty else { return }
        try tx.db.run(
            """
            INSERT INTO images (webshop_id, image_id, product_id, weight, variant_name, description, path, sha256,
            content_type, width, height, source_url, created) VALUES \(SQL.joined(rows, by: ", "))
            ON CONFLICT (webshop_id, image_id) DO UPDATE SET weight = excluded.weight,
            variant_name = excluded.variant_name, description = excluded.description, path = excluded.path
            """)
        try MediaOwners.add(.image, outcome.added.map(\.id), in: tx)
        try ImageFetches.add(outcome.added.filter { $0.file == nil }.map(\.id), in: tx)
    }

    /// Takes rows out; the bytes go when nothing else uses them.
    static func remove(_ ids: [Int64], in tx: Transaction) throws {
        guard !ids.isEmpty else { return }
        for table in ["images", "image_fetches"] {
            try tx.db.run(
                "DELETE FROM \(raw: table) WHERE webshop_id = \(tx.shop) AND image_id IN (\(SQL.list(ids)))")
        }
        try MediaOwners.remove(.image, ids, in: tx)
    }
}

/// Reads one row of a body and does what it says to a list of pictures.
private struct RowReader {
    private let row: JSON
    private let pointer: String
    private let tx: Transaction
    private(set) var errors: [Problem.FieldError] = []

    init(_ row: JSON, at pointer: String, _ tx: Transaction) {
        self.row = row
        self.pointer = pointer
        self.tx = tx
    }

    mutating func apply(
        to pictures: inout [ProductImages.Picture], _ outcome: inout ProductImages.Outcome, isStrict: Bool
    ) throws {
        guard case .object(let object) = row else { return report("", "type", "must be an object") }
        var reader = MemberReader(object, at: pointer, tx.tenant)
        let id = reader.integer("image_id", 1...Int64.max)
        let removes = reader.integer("remove", 0...1) == 1
        errors += reader.errors
        guard reader.errors.isEmpty else { return }
        if let name = object["filename"] { errors += FileName.faults(name, at: pointer + "/filename") }
        if let id {
            guard let index = pictures.firstIndex(where: { $0.id == id }) else {
                // It is gone already, which is what was wanted; existing clients need 200.
                if removes, !isStrict { return }
                return report("/image_id", "unknown_image", "names no image of this product")
            }
            if removes {
                outcome.removed.append(id)
                outcome.changed.removeAll { $0.id == id }
                pictures.remove(at: index)
            } else if describe(&pictures[index], object) {
                outcome.changed.removeAll { $0.id == id }
                outcome.changed.append(pictures[index])
            }
        } else if !removes {
            let place = ((pictures.map(\.weight).max() ?? 0) / 10 + 1) * 10
            guard let (file, source) = content(object) else { return }
            var picture = ProductImages.Picture(
                id: errors.isEmpty ? try tx.db.newID("images_seq") : 0, weight: place, variantName: nil,
                description: "", file: file, sourceURL: source)
            _ = describe(&picture, object)
            pictures.append(picture)
            outcome.added.append(picture)
        }
    }

    /// Fills in what the row says beside the bytes, and answers whether that changed anything.
    private mutating func describe(_ picture: inout ProductImages.Picture, _ object: JSONObject) -> Bool {
        let old = picture
        var reader = MemberReader(object, at: pointer, tx.tenant)
        if let weight = reader.integer("weight", -1_000_000_000...1_000_000_000) { picture.weight = weight }
        if object["description"] != nil { picture.description = reader.text("description", 1000) ?? "" }
        if object["variant_name"] != nil { picture.variantName = reader.text("variant_name", 255) }
        errors += reader.errors
        return picture != old
    }

    /// The bytes, or the address where they are.
    private mutating func content(_ object: JSONObject) -> (Upload?, String?)? {
        do throws(FieldFault) {
            if let upload = try object.upload(in: tx) { return (upload, nil) }
        } catch {
            report(object["data"] == nil ? "/url" : "/data", error.code, error.message)
            return nil
        }
        guard case .string(let address) = object["url"] ?? .null, !address.isEmpty else {
            report("/data", "required", "is required: the image as base64, or its address as url")
            return nil
        }
        do throws(OutboundURL.Refused) {
            _ = try OutboundURL(address)
            return (nil, address)
        } catch {
            report("/url", "url", error.description)
            return nil
        }
    }

    private mutating func report(_ member: String, _ code: String, _ message: String) {
        errors.append(.init(pointer + member, code, message))
    }
}
