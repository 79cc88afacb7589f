import Media
import Resources
import Support
import Testing

/// The bar of issue 3: hostile images are 4xx, and nothing of them is left on the disk.
@Suite struct HostileFileTests {
    private static let photo = try? Picture.converted(Picture.png(300, 200), to: "jpg")

    private static let hostile: [(what: String, code: String, bytes: [UInt8])] = [
        ("HTML called PNG", "unknown_type", Array("<html><script>alert(1)</script></html>".utf8)),
        ("SVG", "unknown_type", Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)),
        (
            "60 megapixels in 40 KB", "too_many_pixels",
            Picture.png(10_000, 6000, data: [UInt8](repeating: 0, count: 39_000))
        ),
        ("50,000 x 50,000 in 2 KB", "too_many_pixels", Picture.png(50_000, 50_000, data: [0])),
        ("truncated", "truncated", Array(Picture.png(100, 100).dropLast(40))),
        (
            "pixels that are nonsense", "undecodable",
            Picture.png(300, 300, data: [], more: Picture.chunk("IDAT", Array(0...255)))
        ),
        ("a row of 300", "truncated", Picture.png(300, 300, data: [UInt8](repeating: 0, count: 901))),
        (
            "a filter there is none of", "undecodable",
            Picture.png(2, 2, data: [0, 1, 1, 1, 1, 1, 1, 9, 1, 1, 1, 1, 1, 1])
        ),
        ("a JPEG cut in half and closed", "truncated", photo.map { $0.prefix($0.count / 2) + [0xFF, 0xD9] } ?? []),
        ("a JPEG without a picture", "undecodable", Picture.emptyJPEG(40, 30)),
        ("an AVIF without a picture", "undecodable", Picture.emptyAVIF(40, 30)),
        ("a WebP without a picture", "undecodable", Picture.emptyWebP(40, 30, frames: 3)),
        ("10,000 frames", "too_many_frames", Picture.gif(frames: 10_000)),
        ("nothing", "empty", []),
    ]

    @Test func `a hostile image is 422 however it comes, and leaves nothing on the disk`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let id = try await shop.product()
        let path = "product/\(id)/image"
        for (what, code, bytes) in Self.hostile {
            let form = String.form([], file: bytes, named: "innocent.png")
            var replies = [
                try await shop.upload(path, bytes, type: "image/png"),
                try await shop.upload(path, form.body, type: form.type),
            ]
            if !bytes.isEmpty {
                replies += [
                    try await shop.post(path, ["data": .string(bytes.base64)]),
                    try await shop.put("product/\(id)", ["images": [["data": .string(bytes.base64)]]]),
                ]
            }
            for reply in replies {
                #expect(reply.status == 422, "\(what): \(reply.text)")
                #expect(reply.json["errors"][0]["code"].text == code, "\(what): \(reply.text)")
            }
        }
        #expect(try await shop.get("product/\(id)").json["images"] == [])
        #expect(shop.files(in: server.media.path) == [])
        await server.stop()
    }

    @Test(arguments: ["../../x.png", "/etc/passwd", "a/b.png", #"C:\x.png"#, "..", "a\u{1}b.png", "%2e%2e/x.png"])
    func `a path in a file's name is 422 and nothing gets out of the folder`(_ name: String) async throws {
        let shop = try await TestShop.open()
        let product = "product/\(try await shop.product())"
        let form = String.form([], file: Picture.png(3, 3), named: name)
        #expect(try await shop.upload(product + "/image", form.body, type: form.type).pointers == ["/filename"])
        let file = try await shop.upload(
            product + "/file?filename=\(name.escaped)", Picture.pdf, type: "application/pdf")
        #expect(file.status == 422 && file.pointers == ["/filename"])
        let shown = try await shop.get(product).json
        #expect(shown["images"] == [] && shown["pdf_files"] == [])
    }

    @Test func `a file that is too large is 413, said or sent`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let path = "product/\(try await shop.product())/image"
        let large = [UInt8](repeating: 7, count: FileLimits.bytesMax + 1)
        let reply = try await shop.upload(path, large, type: "image/png")
        #expect(reply.status == 413 && reply.code == "body_too_large")
        // Without a length, so that only counting can tell.
        let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 7, count: 1_048_576) + Array("\r\n".utf8)
        let head = [
            "POST /REST/\(path) HTTP/1.1", "Host: x", "Connection: close", "Authorization: Bearer \(shop.token(.all))",
            "Content-Type: image/png", "Transfer-Encoding: chunked",
        ].joined(separator: "\r\n")
        let body = Array(repeatElement(chunk, count: 21).joined()) + Array("0\r\n\r\n".utf8)
        let chunked = try await HTTP.raw(Array((head + "\r\n\r\n").utf8) + body, port: server.port)
        #expect(chunked.status == 413)
        #expect(shop.files(in: server.media.path) == [])
        await server.stop()
    }

    @Test func `a large file that is within the limit goes through`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/image"
        let filler = Picture.chunk("teXt", [UInt8](repeating: 1, count: 6 * 1_048_576))
        let large = Picture.png(2, 1, data: [0, 1, 2, 3, 4, 5, 6], more: filler)
        let reply = try await shop.upload(path, large, type: "image/png")
        #expect(reply.status == 200, "\(reply.text)")
        #expect(try await shop.fetch(reply.json["url"]).status == 200)
    }

    @Test func `a form that is none is 400, and a body of another type 415`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/image"
        let form = String.form([], file: Picture.png(3, 3), named: "a.png")
        let two = Array(form.body.dropLast("------ButikTest7MA4YWxk--\r\n".utf8.count)) + form.body
        for body in [[], Array(form.body.dropLast(8)), Array("hej".utf8), two, Array(form.body.dropFirst(3))] {
            #expect(try await shop.upload(path, body, type: form.type).code == "multipart")
        }
        #expect(try await shop.upload(path, form.body, type: "multipart/form-data").code == "multipart")
        #expect(try await shop.upload(path, Picture.png(3, 3), type: "text/html").status == 415)
        #expect(try await shop.get(String(path.dropLast(6))).json["images"] == [])
    }

    @Test(arguments: [0, 1], [(1, 0), (2, 3), (4, 3), (8, 0), (8, 2), (8, 3), (8, 4), (8, 6), (16, 2), (16, 6)])
    func `a sound PNG of any kind is taken, and without its last byte it is not`(
        _ interlace: UInt8, _ kind: (bits: Int, colour: Int)
    ) async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/image"
        for (width, height) in [(1, 1), (5, 3), (33, 9)] {
            let (sound, short) = Picture.png(width, height, kind.bits, kind.colour, interlace)
            let reply = try await shop.upload(path, sound, type: "image/png")
            #expect(reply.status == 200, "\(width)x\(height): \(reply.text)")
            #expect(try await shop.fetch(reply.json["url"]).status == 200)
            #expect(try await shop.upload(path, short, type: "image/png").json["errors"][0]["code"] == "truncated")
        }
    }
}
