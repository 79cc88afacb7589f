import Basics
import Resources

/// One image of a product, a category or whatever else has some, for clients that have bytes and not JSON.
enum ImageEndpoints<Owner: Resource> {
    static var all: [Endpoint] { [add, remove] }

    private static var embed: Embed { Images.embed(of: Owner.info.path) }
    private static var path: String { "/REST/\(Owner.info.path)/{\(Owner.info.key)}/image" }

    private static var add: Endpoint {
        var endpoint = Endpoint(
            .post, path, .token(.write), "add_\(Owner.info.path)_image",
            "Adds an image: the bytes themselves, multipart/form-data, or JSON with `data` or `url`.",
            Documentation(
                tag: Owner.info.path,
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
                ], answer: PartEndpoints<Owner>.added(to: embed),
                bodyTypes: ["application/json", "image/*", "application/octet-stream", "multipart/form-data"]),
            .write { call, tx in
                try PartEndpoints<Owner>.add(call, tx, to: embed) { owner, body in
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

    private static var remove: Endpoint {
        Endpoint(
            .delete, path + "/{image_id}", .token(.write), "delete_\(Owner.info.path)_image",
            "Removes an image from a \(Owner.info.path).", PartEndpoints<Owner>.removal(from: embed),
            .write { call, tx in
                try PartEndpoints<Owner>.remove(call, tx, "image", from: embed) { owner, row in
                    try !Images.merge(row, of: &owner, isStrict: false, in: tx).isNothing
                }
            })
    }
}
