import Basics
import Persistence
import Resources

/// The documents of a product, such as its manual. Rows without an id are added, rows with one are renamed or removed.
enum ProductFiles {
    private static let countMax = 100
    private static let rowsMax = 200

    static let about = """
        Add with `{data, filename}` (base64, PDF), here or as `file`; rename with `{product_file_id, filename}`; remove with \
        `{product_file_id, remove: 1}`.
        """

    static let embed = Embed(
        "pdf_files", of: "product_files", key: "product_file_id", by: "product_id", order: "product_file_id",
        parts: ProductParts.files,
        [
            .computed("product_file_id", .integer, "product_file_id"),
            .computed("filename", .text, "filename"),
            .computed("url", .link, "path"),
            // Rounded in integers, which both engines do alike.
            .computed("mb", .decimal(places: 3), "((bytes * 1000 + 524288) / 1048576)", about: "Megabytes of 2^20."),
        ])

    /// One row of the table.
    private struct Document: Equatable {
        let id: Int64
        var filename: String
        let sha256: String
        let bytes: Int64
    }

    /// What a list of rows did.
    struct Outcome {
        fileprivate(set) var added: [Int64] = []
        fileprivate var written: Set<Int64> = []
        fileprivate(set) var removed: [Int64] = []

        var isNothing: Bool { written.isEmpty && removed.isEmpty }
    }

    /// Merges the documents of bodies.
    static func store(_ rows: inout [Described<Product>], isStrict: Bool, in tx: Transaction) throws {
        for index in rows.indices {
            let body = rows[index].body
            let files = try (body["pdf_files"] ?? .null).elements(at: "/pdf_files", atMost: rowsMax)
            let file = [body["file"] ?? .null].filter { $0 != .null && $0 != "" }
            let outcome = try merge(
                files + file, at: { $0 < files.count ? "/pdf_files/\($0)" : "/file" }, of: rows[index].id,
                &rows[index], isStrict: isStrict, in: tx)
            if !outcome.isNothing { rows[index].hasNewParts = true }
        }
    }

    /// Merges rows into the product's documents.
    /// - Parameters:
    ///   - pointer: where a row stands in the body.
    ///   - owner: what says whether the product has any.
    static func merge(
        _ rows: [JSON], at pointer: (Int) -> String, of product: Int64, _ owner: inout some Parted, isStrict: Bool,
        in tx: Transaction
    ) throws -> Outcome {
        guard !rows.isEmpty else { return Outcome() }
        var documents = owner.has(ProductParts.files) ? try stored(of: product, in: tx) : []
        var outcome = Outcome()
        var errors: [Problem.FieldError] = []
        for (index, row) in rows.enumerated() {
            errors += try apply(row, at: pointer(index), to: &documents, &outcome, isStrict: isStrict, in: tx)
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        guard documents.count <= countMax else {
            throw Problem.invalid("/pdf_files", "too_many", "a product has at most \(countMax) files")
        }
        try write(documents.filter { outcome.written.contains($0.id) }, outcome, of: product, in: tx)
        owner.note(ProductParts.files, !documents.isEmpty)
        return outcome
    }

    private static func stored(of product: Int64, in tx: Transaction) throws -> [Document] {
        try tx.db.rows(
            """
            SELECT product_file_id, filename, sha256, bytes FROM product_files
            WHERE webshop_id = \(tx.shop) AND product_id = \(product) ORDER BY product_file_id
            """
        ).map { row in
            Document(
                id: try row["product_file_id"], filename: try row["filename"], sha256: try row["sha256"],
                bytes: try row["bytes"])
        }
    }

    // MARK: Reading rows

    private static func apply(
        _ row: JSON, at pointer: String, to documents: inout [Document], _ outcome: inout Outcome, isStrict: Bool,
        in tx: Transaction
    ) throws -> [Problem.FieldError] {
        guard case .object(let object) = row else { return [.init(pointer, "type", "must be an object")] }
        var reader = MemberReader(object, at: pointer, tx.tenant)
        let id = reader.integer("product_file_id", 1...Int64.max)
        let removes = reader.integer("remove", 0...1) == 1
        var errors = reader.errors
        if let name = object["filename"] { errors += FileName.faults(name, at: pointer + "/filename") }
        guard errors.isEmpty else { return errors }
        let wish: String? = if case .string(let text) = object["filename"] ?? .null { text } else { nil }
        if let id {
            guard let index = documents.firstIndex(where: { $0.id == id }) else {
                if removes, !isStrict { return [] }
                return [.init(pointer + "/product_file_id", "unknown_file", "names no file of this product")]
            }
            let document = documents.remove(at: index)
            if removes {
                outcome.removed.append(id)
                outcome.written.remove(id)
                return []
            }
            var renamed = document
            if let wish { renamed.filename = free(wish, among: documents) }
            documents.insert(renamed, at: index)
            if renamed != document { outcome.written.insert(id) }
            return []
        }
        return removes ? [] : try add(object, wish, at: pointer, to: &documents, &outcome, in: tx)
    }

    private static func add(
        _ object: JSONObject, _ wish: String?, at pointer: String, to documents: inout [Document],
        _ outcome: inout Outcome, in tx: Transaction
    ) throws -> [Problem.FieldError] {
        let upload: Upload?
        do throws(FieldFault) {
            upload = try object.upload(in: tx)
        } catch {
            return [.init(pointer + "/data", error.code, error.message)]
        }
        guard let upload else { return [.init(pointer + "/data", "required", "is required: the file as base64")] }
        let id = try tx.db.newID("product_files_seq")
        let name = free(wish ?? "file-\(id).\(upload.type.fileExtension)", among: documents)
        documents.append(Document(id: id, filename: name, sha256: upload.sha256, bytes: upload.bytes))
        outcome.added.append(id)
        outcome.written.insert(id)
        return []
    }

    /// A name that no other file of the product has: addresses name files. `manual.pdf` gives way to `manual-2.pdf`.
    private static func free(_ wish: String, among documents: [Document]) -> String {
        let taken = Set(documents.map(\.filename))
        let dot = wish.lastIndex(of: ".") ?? wish.endIndex
        var (name, number) = (wish, 2)
        while taken.contains(name) {
            name = "\(wish[..<dot])-\(number)\(wish[dot...])"
            number += 1
        }
        return name
    }

    // MARK: Writing

    private static func write(
        _ documents: [Document], _ outcome: Outcome, of product: Int64, in tx: Transaction
    ) throws {
        guard !outcome.isNothing else { return }
        tx.markChanged("product_files")
        try remove(outcome.removed, in: tx)
        guard !documents.isEmpty else { return }
        let rows = documents.map { document -> SQL in
            let path = "download-pdf?file=\(PercentEncoding.text(document.filename.utf8))&p=\(product)"
            return """
                (\(tx.shop), \(document.id), \(product), \(document.filename), \(path), \(document.sha256),
                \(document.bytes), \(tx.now))
                """
        }
        try tx.db.run(
            """
            INSERT INTO product_files (webshop_id, product_file_id, product_id, filename, path, sha256, bytes, created)
            VALUES \(SQL.joined(rows, by: ", "))
            ON CONFLICT (webshop_id, product_file_id) DO UPDATE SET filename = excluded.filename, path = excluded.path
            """)
        try MediaOwners.add(.product, [product], in: tx)
    }

    /// Takes out all that a deleted product has.
    static func removeAll(of old: Stored<Product>, in tx: Transaction) throws {
        guard old.has(ProductParts.files) else { return }
        try tx.db.run("DELETE FROM product_files WHERE webshop_id = \(tx.shop) AND product_id = \(old.id)")
        try MediaOwners.remove(.product, [old.id], in: tx)
    }

    /// Takes rows out; the bytes go when nothing else uses them.
    private static func remove(_ ids: [Int64], in tx: Transaction) throws {
        guard !ids.isEmpty else { return }
        try tx.db.run(
            "DELETE FROM product_files WHERE webshop_id = \(tx.shop) AND product_file_id IN (\(SQL.list(ids)))")
    }
}

extension Part<Product> {
    /// Documents.
    static var files: Part {
        Part(
            { _ in [.embedded(ProductFiles.embed, after: "images", about: ProductFiles.about)] },
            uploads: [.init("pdf_files", .document), .init("file", .document)], endpoints: { ProductFiles.endpoints },
            store: { try ProductFiles.store(&$0, isStrict: $1, in: $2) },
            remove: { try ProductFiles.removeAll(of: $0, in: $1) })
    }
}
