import Basics
import Commerce
import Media
import Resources

/// What the public sees of the media folder: renditions of images, and documents.
enum MediaEndpoints {
    static let all = [rendition, document]

    /// A year, which is for ever: the bytes under an address never change.
    private static let headers: [(name: String, value: String)] = [
        ("Cache-Control", "public, max-age=31536000, immutable"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ]

    private static let rendition = Endpoint(
        .get, "/cache/{path...}", .open, "get_rendition",
        "Shows an image within (`fit`) or filling (`box`) a frame: /cache/1/0/8/7/3/fit-300x200x90.webp.",
        Documentation(
            tag: "media", contentType: FileType.jpeg.contentType,
            otherTypes: FileType.allCases.filter { $0 != .jpeg && $0 != .pdf }.map(\.contentType)),
        .open { call, storage in
            guard let path = call.parameters.last, let wish = Rendition.parse(path),
                let image = try await MediaOwners.image(wish.imageID, in: storage), mayShow(image, call),
                let file = try await call.services.get(MediaLibrary.self).rendition(
                    wish.rendition, of: image.sha256, type: FileType(contentType: image.contentType),
                    for: asker(image.shop, call.address))
            else { throw Problem(.notFound, "no_such_image", "There is no such image.") }
            return answer(file, wish.rendition.type.contentType, image.sha256, wish.rendition.name)
        })

    private static let document = Endpoint(
        .get, "/download-pdf", .open, "download_pdf", "Sends a document of a product.",
        Documentation(
            tag: "media",
            query: [
                .init("file", ["type": "string"], "Its `filename`."),
                .init("p", ["type": "integer"], "The product."),
            ], contentType: FileType.pdf.contentType),
        .open { call, storage in
            guard let name = call.query["file"],
                let product = call.query["p"].flatMap({ WholeNumber(strict: $0)?.int64 }),
                let document = try await MediaOwners.document(name, of: product, in: storage),
                mayShow(document, call),
                let file = try await call.services.get(MediaLibrary.self).original(
                    document.sha256, shop: document.shop)
            else { throw Problem(.notFound, "no_such_file", "There is no such file.") }
            var answer = answer(file, FileType.pdf.contentType, document.sha256, "pdf")
            answer.headers[0].value = "public, no-cache"
            answer.headers.append(("Content-Disposition", disposition(document.filename)))
            return answer
        })

    /// Where proxies stand on this machine, everybody comes from one address, whose work is shared out but not counted.
    private static func asker(_ shop: Int64, _ address: String) -> RenderAsker {
        RenderAsker(
            shop: shop, address: AddressRange.client(address), isMetered: !["127.0.0.1", "::1"].contains(address))
    }

    /// A shop's host shows that shop's media and no other's. The server's own address shows everybody's.
    private static func mayShow(_ media: MediaOwners.Public, _ call: Call) -> Bool {
        call.hostShop.map { $0 == media.shop } ?? true
    }

    private static func answer(_ file: OpenedFile, _ type: String, _ sha256: String, _ what: String) -> Answer {
        var answer = Answer(contentType: type, body: [], headers: headers, isTagged: false)
        answer.file = FileBody(file, tag: "\"\(sha256.prefix(20))-\(what)-\(file.size)\"")
        return answer
    }

    /// Saved and not shown, under its name (RFC 6266): in plain letters for old clients, and whole.
    private static func disposition(_ name: String) -> String {
        let plain = name.unicodeScalars.map { $0.isASCII && $0 != "\"" && $0 != "%" ? Character($0) : "_" }
        let whole = PercentEncoding.text(name.utf8)
        return "attachment; filename=\"\(String(plain))\"; filename*=UTF-8''\(whole)"
    }
}
