import Foundation
import Media
import Resources
import Support
import Testing

/// What is in the bytes that the public gets: the picture, and nothing of who took it where.
@Suite struct RenditionBytesTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)")))
    }

    /// The address of an uploaded picture's renditions, up to the last part.
    private static func image(_ bytes: [UInt8], in shop: TestShop) async throws -> String {
        let path = "product/\(try await shop.product())/image"
        let reply = try await shop.upload(path, bytes, type: "image/jpeg")
        try #require(reply.status == 200, "\(reply.text)")
        let url = reply.json["url"].text
        return String(url.prefix(through: try #require(url.lastIndex(of: "/"))))
    }

    /// Words that begin what is not the picture, in any of the formats, and what the fixture says of its maker.
    private static let telling = [
        "Exif", "EXIF", "GPS", "FjordCam", "Test Person", "http://ns.adobe.com", "<x:xmpmeta", "XMP ", "Photoshop",
        "8BIM",
        "ICC_PROFILE", "ICCP", "iCCP", "iTXt", "tEXt", "zTXt", "eXIf", "mntrRGB", "a secret", "JFXX",
    ]

    private static func told(_ bytes: [UInt8]) -> [String] {
        let data = Data(bytes)
        return telling.filter { data.range(of: Data($0.utf8)) != nil }
    }

    /// The fixture with more that others put into a JPEG: XMP, IPTC, a comment and a small picture of its own.
    private static func talkative() throws -> [UInt8] {
        func segment(_ marker: UInt8, _ content: String) -> [UInt8] {
            let size = content.utf8.count + 2
            return [0xFF, marker, UInt8(size >> 8), UInt8(size & 0xFF)] + Array(content.utf8)
        }
        let jpeg = try fixture("image-with-gps.jpg")
        return Array(jpeg.prefix(2)) + segment(0xE0, "JFXX\0\u{10}a secret thumbnail")
            + segment(0xE1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>a secret</x:xmpmeta>")
            + segment(0xED, "Photoshop 3.0\08BIM a secret") + segment(0xFE, "a secret") + jpeg.dropFirst(2)
    }

    @Test func `no rendition says where or by whom a picture was taken, and it is upright`() async throws {
        let shop = try await TestShop.open()
        let jpeg = try Self.talkative()
        #expect(Self.told(jpeg).count > 6)
        // What the server made of it by the way it was done before: each of these formats as what comes in.
        var sources = [jpeg]
        for type in ["webp", "png", "avif"] {
            let source = try Picture.converted(jpeg, to: type)
            #expect(type == "avif" || !Self.told(source).isEmpty, "\(type) was to say something")
            sources.append(source)
        }
        for (index, source) in sources.enumerated() {
            let base = try await Self.image(source, in: shop)
            var sizes: [String: Int] = [:]
            for type in ["jpg", "png", "webp", "avif", "gif"] {
                let reply = try await shop.fetch(.string(base + "fit-200x200x80.\(type)"))
                #expect(reply.status == 200)
                #expect(Self.told(reply.body) == [], "source \(index) as \(type)")
                let header = try reply.body.withUnsafeBytes { try ImageHeader.read($0) }
                #expect((header.width, header.height) == (100, 200), "source \(index) as \(type)")
                sizes[type] = reply.body.count
            }
            #expect(sizes["webp"] ?? 0 <= sizes["jpg"] ?? 0, "\(sizes)")
        }
    }

    @Test func `what is transparent is white in a JPEG, whatever it came in`() async throws {
        let shop = try await TestShop.open()
        let png = try Self.fixture("image-transparent.png")
        var sources = [("png", png), ("webp", try Picture.converted(png, to: "webp"))]
        sources.append(("gif", try Picture.converted(png, to: "gif")))
        // Grey with an alpha channel, all of it transparent; and a palette whose first entry is.
        sources.append(("grey", Picture.png(40, 40, 8, 4, 0).sound))
        sources.append(("palette", Picture.transparentPalette(40, 40)))
        for (name, source) in sources {
            let base = try await Self.image(source, in: shop)
            let reply = try await shop.fetch(.string(base + "fit-200x200x90.jpg"))
            #expect(reply.status == 200)
            #expect(try Picture.pixel(2, 2, of: reply.body) == [255, 255, 255], "\(name)")
            // Formats that know transparency keep it.
            let webp = try await shop.fetch(.string(base + "fit-200x200x90.png"))
            #expect(try Picture.pixel(2, 2, of: webp.body).last == 0, "\(name)")
        }
    }
}
