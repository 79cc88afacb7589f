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

    /// Merges rows into the pictures of products.
    /// - Parameters:
    ///   - rows: those of each product.
    ///   - pointer: where a row stands in the body.
    /// - Returns: what was done to each product.
    static func merge(
        _ rows: [[JSON]], at pointer: (Int) -> String, of products: inout [Product], isStrict: Bool, in tx: Transaction
    ) throws -> [Outcome] {
        var outcomes = products.map { _ in Outcome() }
        let concerned = products.indices.filter { !rows[$0].isEmpty }
        guard !concerned.isEmpty else { return outcomes }
        let shown = concerned.map { products[$0] }.filter { $0.parts & ProductParts.images != 0 }
        let stored = try stored(of: shown.map(\.id.rawValue), in: tx)
        for index in concerned {
            var pictures = stored[products[index].id.rawValue] ?? []
            var errors: [Problem.FieldError] = []
            for (place, row) in rows[index].enumerated() {
                var reader = RowReader(row, at: pointer(place), tx)
                try reader.apply(to: &pictures, &outcomes[index], isStrict: isStrict)
                errors += reader.errors
            }
            if !errors.isEmpty { throw Problem.invalid(errors) }
            guard pictures.count <= countMax else {
                throw Problem.invalid("/images", "too_many", "a product has at most \(countMax) images")
            }
            products[index].has(ProductParts.images, !pictures.isEmpty)
        }
        try write(concerned.map { (products[$0].id.rawValue, outcomes[$0]) }, in: tx)
        return outcomes
    }

    /// The pictures of products, in the order in which they are shown.
    static func stored(of products: [Int64], in tx: Transaction) throws -> [Int64: [Picture]] {
        guard !products.isEmpty else { return [:] }
        return try tx.db.rows(
            """
            SELECT product_id, image_id, weight, variant_name, description, sha256, content_type, width, height, source_url
            FROM images WHERE webshop_id = \(tx.shop) AND product_id IN (\(SQL.paddedList(products)))
            ORDER BY product_id, weight, image_id
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

    private static func write(_ outcomes: [(product: Int64, outcome: Outcome)], in tx: Transaction) throws {
        guard outcomes.contains(where: { !$0.outcome.isNothing }) else { return }
        tx.markChanged("images")
        try remove(outcomes.flatMap(\.outcome.removed), in: tx)
        let rows = outcomes.flatMap { product, outcome in
            (outcome.added + outcome.changed).map { row(of: $0, product, in: tx) }
        }
        try tx.db.run(SQL.insertions(insertion, rows, upsertion))
        let added = outcomes.flatMap(\.outcome.added)
        try MediaOwners.add(.image, added.map(\.id), in: tx)
        try ImageFetches.add(added.filter { $0.file == nil }.map(\.id), in: tx)
    }

    private static let insertion = """
        INSERT INTO images (webshop_id, image_id, product_id, weight, variant_name, description, path, sha256, content_type,
        width, height, source_url, created) VALUES
        """
    private static let upsertion = """
        ON CONFLICT (webshop_id, image_id) DO UPDATE SET weight = excluded.weight,
        variant_name = excluded.variant_name, description = excluded.description, path = excluded.path
        """

    private static func row(of picture: Picture, _ product: Int64, in tx: Transaction) -> [SQLValue] {
        let file = picture.file
        return [
            tx.shop.sqlValue, picture.id.sqlValue, product.sqlValue, picture.weight.sqlValue,
            picture.variantName.sqlValue,
            picture.description.sqlValue, picture.path.sqlValue, file?.sha256.sqlValue ?? .null,
            file?.type.contentType.sqlValue ?? .null, (file?.width).sqlValue, (file?.height).sqlValue,
            picture.sourceURL.sqlValue, tx.now.sqlValue,
        ]
    }

    /// Takes rows out; the bytes go when nothing else uses them.
    static func remove(_ ids: [Int64], in tx: Transaction) throws {
        for table in ["images", "image_fetches"] {
            try tx.db.run(
                SQL.each(ids) {
                    "DELETE FROM \(raw: table) WHERE webshop_id = \(tx.shop) AND image_id IN (\($0))"
                })
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
