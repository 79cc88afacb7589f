import Basics
import Resources

/// One image of a product, a category or a brand, for clients that have bytes and not JSON.
enum ImageEndpoints {
    static let all = Images.owners.flatMap { both(of: $0) }

    private static func both<Owner: Pictured>(of owner: Owner.Type) -> [Endpoint] {
        [add(to: owner), remove(from: owner)]
    }

    private static func add<Owner: Pictured>(to owner: Owner.Type) -> Endpoint {
        var endpoint = Endpoint(
            .post, path(owner), .token(.write), "add_\(owner.info.path)_image",
            "Adds an image: the bytes themselves, multipart/form-data, or JSON with `data` or `url`.",
            Documentation(
                tag: owner.info.path,
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
                ], answer: PartEndpoints<Owner>.added(to: owner.images),
                bodyTypes: ["application/json", "image/*", "application/octet-stream", "multipart/form-data"]),
            .write { call, tx in
                try PartEndpoints<Owner>.add(call, tx, to: owner.images) { owner, body in
                    try Images.merge(
                        .object(body.without(["image_id", "remove"])), of: &owner,
                        isStrict: call.preferences.isStrict, in: tx
                    ).added.first?.id
                }
            })
        endpoint.uploads = [.init("", .image)]
        endpoint.file = .image
        return endpoint
    }

    private static func remove<Owner: Pictured>(from owner: Owner.Type) -> Endpoint {
        Endpoint(
            .delete, path(owner) + "/{image_id}", .token(.write), "delete_\(owner.info.path)_image",
            "Removes an image from a \(owner.info.path).", PartEndpoints<Owner>.removal(from: owner.images),
            .write { call, tx in
                try PartEndpoints<Owner>.remove(call, tx, "image", from: owner.images) { owner, row in
                    try !Images.merge(row, of: &owner, isStrict: false, in: tx).isNothing
                }
            })
    }

    private static func path(_ owner: any Pictured.Type) -> String {
        "/REST/\(owner.info.path)/{\(owner.info.key)}/image"
    }
}
