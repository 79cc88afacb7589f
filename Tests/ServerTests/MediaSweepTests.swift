import Basics
import Commerce
import Foundation
import Jobs
import Logging
import Media
import Outbound
import Persistence
import Resources
import Support
import Testing

/// Bytes are put aside when nothing shows them any more, and never before.
@Suite struct MediaSweepTests {
    /// A keeper whose clock is ahead of the world's, by which files have their times.
    private func keeper(_ server: TestServer, ahead seconds: Int64) -> TestServer.Keeper {
        server.keeper(at: Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).adding(seconds: seconds))
    }

    @Test func `the last use of an image takes its bytes along, after a while`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (one, other) = (try await shop.product(), try await shop.product())
        var images: [String] = []
        for id in [one, other] {
            let reply = try await shop.upload("product/\(id)/image", Picture.png(40, 30), type: "image/png")
            #expect(try await shop.fetch(reply.json["url"]).status == 200)
            images.append(reply.json["image_id"].text)
        }
        let file = try await shop.upload("product/\(one)/file", Picture.pdf, type: "application/pdf").json
        let path = "\(server.media.path)/\(shop.id)"
        #expect(shop.filesOnDisk.count == 2)
        try await shop.delete("product/\(one)/image/\(images[0])")
        try await keeper(server, ahead: 7200).sweep()
        #expect(shop.filesOnDisk.count == 2, "another product shows the image")
        try await shop.delete("product/\(other)/image/\(images[1])")
        try await keeper(server, ahead: 1800).sweep()
        #expect(shop.filesOnDisk.count == 2, "it might be an upload under way")
        #expect(try await keeper(server, ahead: 7200).sweep().putAside == 1)
        #expect(shop.files(in: path).count == 1, "the rendition went with its original")
        #expect(try await shop.fetch(file["url"]).status == 200)
        // Deleting the product lets go of all it had.
        try await shop.delete("product/\(one)")
        #expect(try await shop.fetch(file["url"]).status == 404)
        try await keeper(server, ahead: 7200).sweep()
        #expect(shop.files(in: path) == [])
        await server.stop()
    }

    @Test func `bytes whose row was never written are swept, and those uploaded again meanwhile stay`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let id = try await shop.product("Taken", JSONObject([.init("own_id", "A")]))
        let row: JSON = ["data": .string(Picture.png(7, 7).base64)]
        let refused = try await shop.post("product", ["name": "B", "own_id": "A", "images": [row]])
        #expect(refused.status == 409)
        #expect(shop.filesOnDisk.count == 1)
        let path = "\(server.media.path)/\(shop.id)/\(try #require(shop.filesOnDisk.first))"
        let old = Date(timeIntervalSinceNow: -10_000)
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        let image = try await shop.put("product/\(id)", ["images": [row]]).json["images"][0]
        try await shop.delete("product/\(id)/image/\(image["image_id"].text)")
        try await keeper(server, ahead: 0).sweep()
        #expect(shop.filesOnDisk.count == 1, "the second upload marked it as used")
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        try await keeper(server, ahead: 0).sweep()
        #expect(shop.filesOnDisk.isEmpty)
        await server.stop()
    }

    @Test func `an upload that comes while a sweep is deciding keeps its bytes`() async throws {
        let server = try await TestServer()
        let library = server.media
        let bytes = Picture.png(5, 5)
        let upload = try await library.keep(bytes, as: .image, shop: 1).get()
        let path = "\(library.path)/1/\(upload.sha256.prefix(2))/\(upload.sha256)/original"
        let old = Date(timeIntervalSinceNow: -10_000)
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        for comes in [true, false] {
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
            try await library.sweep(at: now) { hashes, shop in
                #expect(hashes == [upload.sha256] && shop == 1)
                // Its row is not there yet, so the sweep cannot know of it.
                if comes { _ = try await library.keep(bytes, as: .image, shop: 1) }
                return []
            }
            #expect(FileManager.default.fileExists(atPath: path) == comes)
        }
        await server.stop()
    }

    @Test func `a sweep that was cut short loses nothing`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let path = "product/\(try await shop.product())/image"
        let image = try await shop.upload(path, Picture.png(3, 3), type: "image/png").json
        let file = try #require(shop.filesOnDisk.first)
        let folder = "\(server.media.path)/\(shop.id)/" + file.dropLast("/original".count)
        try FileManager.default.moveItem(atPath: folder, toPath: folder + ".gone")
        #expect(try await shop.fetch(image["url"]).status == 404)
        try await keeper(server, ahead: 7200).sweep()
        #expect(try await shop.fetch(image["url"]).status == 200)
        await server.stop()
    }

    @Test func `a folder that is another database's is never swept`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let image = try await shop.upload(
            "product/\(try await shop.product())/image", Picture.png(3, 3), type: "image/png")
        try await keeper(server, ahead: 0).sweep()
        let folder = server.media.path
        let other = try await TestServer { $0.media = MediaLibrary(folder: folder) }
        #expect(try await keeper(other, ahead: 7200).sweep() == .init())
        #expect(try await shop.fetch(image.json["url"]).status == 200)
        #expect(shop.filesOnDisk.count == 1)
        await other.stop()
        await server.stop()
    }
}
