import Persistence
package import Resources

extension Product {
    package static var uploads: [UploadMember] {
        [.init("images", .image), .init("pdf_files", .document), .init("file", .document)]
    }

    /// Merges the images and files of bodies.
    static func storeMedia(_ rows: inout [Described<Product>], isStrict: Bool, in tx: Transaction) throws {
        let images = try rows.map { row in
            try (row.body["images"] ?? .null).elements(at: "/images", atMost: ProductMedia.rowsMax)
        }
        var products = rows.map(\.new)
        let pictures = try ProductImages.merge(
            images, at: { "/images/\($0)" }, of: &products, isStrict: isStrict, in: tx)
        for index in rows.indices {
            rows[index].new = products[index]
            let hasNewFiles = try rows[index].new.storeFiles(rows[index].body, isStrict: isStrict, in: tx)
            if hasNewFiles || !pictures[index].isNothing { rows[index].hasNewParts = true }
        }
    }

    private mutating func storeFiles(_ body: JSONObject, isStrict: Bool, in tx: Transaction) throws -> Bool {
        let rows = try (body["pdf_files"] ?? .null).elements(at: "/pdf_files", atMost: ProductMedia.rowsMax)
        let file = [body["file"] ?? .null].filter { $0 != .null && $0 != "" }
        return try !ProductFiles.merge(
            rows + file, at: { $0 < rows.count ? "/pdf_files/\($0)" : "/file" }, of: &self, isStrict: isStrict, in: tx
        ).isNothing
    }

    /// Merges one row into the pictures of a product.
    fileprivate mutating func mergeImage(_ row: JSON, isStrict: Bool, in tx: Transaction) throws
        -> ProductImages.Outcome
    {
        var products = [self]
        let outcomes = try ProductImages.merge([[row]], at: { _ in "" }, of: &products, isStrict: isStrict, in: tx)
        self = products.first ?? self
        return outcomes.first ?? ProductImages.Outcome()
    }

    /// Lets go of what was shown of a deleted product.
    func dropMedia(in tx: Transaction) throws {
        if parts & ProductParts.images != 0 {
            try ProductImages.remove(
                try ProductImages.stored(of: [id.rawValue], in: tx).values.joined().map(\.id), in: tx)
        }
        if parts & ProductParts.files != 0 {
            try tx.db.run("DELETE FROM product_files WHERE webshop_id = \(tx.shop) AND product_id = \(id)")
            try MediaOwners.remove(.product, [id.rawValue], in: tx)
        }
    }
}

extension JSONObject {
    /// The file that a row's `data` stands for, or why it is none. A refused `url` is answered here too.
    func upload(in tx: Transaction) throws(FieldFault) -> Upload? {
        for name in ["data", "url"] {
            if case .string(let key) = self[name] ?? .null, let upload = try tx.uploads.file(key) { return upload }
        }
        guard case .string(let text) = self["data"] ?? .null, !text.isEmpty else { return nil }
        throw FieldFault("base64", "must be base64")
    }
}

/// Uploads of one image or file, for clients that have bytes and not JSON.
enum ProductMedia {
    static let rowsMax = 200
    static let endpoints = [addImage, removeImage, addFile, removeFile]

    /// `reference/reliability-security.md` 5.1.
    private static let fileTypes = ["image/*", "application/octet-stream", "multipart/form-data"]

    private static let addImage: Endpoint = {
        var endpoint = Endpoint(
            .post, "/REST/product/{product_id}/image", .token(.write), "add_product_image",
            "Adds an image: the bytes themselves, multipart/form-data, or JSON with `data` or `url`.",
            Documentation(
                tag: "product",
                query: [
                    .init("description", ["type": "string"], "Part of the image's address."),
                    .init("weight", ["type": "integer"], "Its place; behind the last where left out."),
                    .init("variant_name", ["type": "string"], "The variant it shows."),
                    .init("filename", ["type": "string"], "Not used, and refused where it is a path."),
                ],
                body: [
                    "type": "object",
                    "properties": [
                        "data": ["type": "string", "contentEncoding": "base64"], "url": ["type": "string"],
                        "description": ["type": "string"], "weight": ["type": "integer"],
                        "variant_name": ["type": ["string", "null"]], "filename": ["type": "string"],
                    ],
                ], answer: orNull(ProductImages.embed.rowSchema, "image_id"),
                bodyTypes: ["application/json"] + fileTypes),
            .write { call, tx in
                try change(call, tx) { product, body in
                    let outcome = try product.mergeImage(
                        .object(body.without(["image_id", "remove"])), isStrict: call.preferences.isStrict, in: tx)
                    return (ProductImages.embed, outcome.added.first?.id)
                }
            })
        endpoint.uploads = [.init("", .image)]
        endpoint.file = .image
        return endpoint
    }()

    private static let addFile: Endpoint = {
        var endpoint = Endpoint(
            .post, "/REST/product/{product_id}/file", .token(.write), "add_product_file",
            "Adds a document: the bytes themselves, multipart/form-data, or JSON with `data`.",
            Documentation(
                tag: "product",
                query: [.init("filename", ["type": "string"], "The name it is downloaded by, such as manual.pdf.")],
                body: [
                    "type": "object",
                    "properties": [
                        "data": ["type": "string", "contentEncoding": "base64"], "filename": ["type": "string"],
                    ],
                ], answer: orNull(ProductFiles.embed.rowSchema, "product_file_id"),
                bodyTypes: ["application/json", "application/pdf"] + fileTypes.dropFirst()),
            .write { call, tx in
                try change(call, tx) { product, body in
                    let outcome = try ProductFiles.merge(
                        [.object(body.without(["product_file_id", "remove"]))], at: { _ in "" }, of: &product,
                        isStrict: call.preferences.isStrict, in: tx)
                    return (ProductFiles.embed, outcome.added.first)
                }
            })
        endpoint.uploads = [.init("", .document)]
        endpoint.file = .document
        return endpoint
    }()

    private static let removeImage = Endpoint(
        .delete, "/REST/product/{product_id}/image/{image_id}", .token(.write), "delete_product_image",
        "Removes an image from a product.", deleted("image_id"),
        .write { call, tx in
            try remove(call, tx, "image", "image_id") { product, row in
                try product.mergeImage(row, isStrict: false, in: tx).isNothing
            }
        })

    private static let removeFile = Endpoint(
        .delete, "/REST/product/{product_id}/file/{product_file_id}", .token(.write), "delete_product_file",
        "Removes a document from a product.", deleted("product_file_id"),
        .write { call, tx in
            try remove(call, tx, "file", "product_file_id") { product, row in
                try ProductFiles.merge([row], at: { _ in "" }, of: &product, isStrict: false, in: tx).isNothing
            }
        })

    /// Changes the product by the body and answers the row that was added.
    private static func change(
        _ call: Call, _ tx: Transaction, _ body: (inout Product, JSONObject) throws -> (Embed, Int64?)
    ) throws -> Answer {
        var stored = try product(call, tx)
        let (embed, id) = try body(&stored.value, try call.object())
        try tx.update(stored, hasNewParts: true)
        let rows = try tx.db.rows(
            """
            SELECT \(raw: embed.plan.select) FROM \(raw: embed.table)
            WHERE webshop_id = \(tx.shop) AND \(raw: embed.key) = \(id)
            """)
        guard !rows.isEmpty else { throw StorageError.statement("\(embed.table): the new row is not there") }
        var writer = JSONWriter()
        writer.object(0, of: Page(rows: rows), by: embed.plan, for: tx.tenant, hidesKey: tx.isDryRun)
        return Answer(body: writer.bytes)
    }

    private static func remove(
        _ call: Call, _ tx: Transaction, _ what: String, _ key: String,
        _ body: (inout Product, JSON) throws -> Bool
    ) throws -> Answer {
        var stored = try product(call, tx)
        let id = JSON.number(JSONNumber(try call.id(1, of: what)))
        let wish = JSONObject([.init(key, id), .init("remove", 1)])
        guard try !body(&stored.value, .object(wish)) else { throw Problem.notFound(what) }
        try tx.update(stored, hasNewParts: true)
        return .json(.object(JSONObject([.init(key, id), .init("deleted", 1)])))
    }

    private static func product(_ call: Call, _ tx: Transaction) throws -> Stored<Product> {
        let id = try tx.id(call.address(of: Product.info), of: Product.info)
        let stored = try tx.take(Product.self, id)
        try IfMatch.check(call.ifMatch, stored.version) { try tx.show(Product.info, id) }
        return stored
    }

    private static func deleted(_ key: String) -> Documentation {
        Documentation(
            tag: "product",
            answer: [
                "type": "object", "required": [.string(key), "deleted"],
                "properties": .object(
                    JSONObject([.init(key, ["type": "integer"]), .init("deleted", ["type": "integer"])])),
            ])
    }

    /// The row, or nothing where a dry run has no id to show.
    private static func orNull(_ schema: JSON, _ key: String) -> JSON {
        guard case .object(let row) = schema, case .object(let members)? = row["properties"] else { return schema }
        let properties = members.members.map { member in
            JSONObject.Member(member.name, member.name == key ? ["type": ["string", "integer", "null"]] : member.value)
        }
        return .object(
            JSONObject(
                row.members.map { $0.name == "properties" ? .init($0.name, .object(JSONObject(properties))) : $0 }))
    }
}
