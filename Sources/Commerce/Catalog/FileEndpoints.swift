import Basics
import Resources

extension ProductFiles {
    static let endpoints = [add, remove]

    private static let add: Endpoint = {
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
                ], answer: PartEndpoints<Product>.added(to: embed),
                bodyTypes: [
                    "application/json", "application/pdf", "application/octet-stream", "multipart/form-data",
                ]),
            .write { call, tx in
                try PartEndpoints<Product>.add(call, tx, to: embed) { product, body in
                    try merge(
                        [.object(body.without(["product_file_id", "remove"]))], at: { _ in "" }, of: product.id,
                        &product, isStrict: call.preferences.isStrict, in: tx
                    ).added.first
                }
            })
        endpoint.uploads = [.init("", .document)]
        endpoint.file = .document
        return endpoint
    }()

    private static let remove = Endpoint(
        .delete, "/REST/product/{product_id}/file/{product_file_id}", .token(.write), "delete_product_file",
        "Removes a document from a product.", PartEndpoints<Product>.removal(from: embed),
        .write { call, tx in
            try PartEndpoints<Product>.remove(call, tx, "file", from: embed) { product, row in
                try !merge([row], at: { _ in "" }, of: product.id, &product, isStrict: false, in: tx).isNothing
            }
        })
}
