import Basics
import Foundation
import Jobs
import Logging
import Media
import Outbound
import Persistence
import Resources
import Support
import Testing

/// What is let go of lies aside for a week: a restore may be undone, and a copy of the database knows nothing of what the
/// other has taken in since.
@Suite struct MediaAsideTests {
    private static let week: Int64 = 7 * 86_400

    /// What a keeper does at a time after this one, which is when files have theirs.
    @discardableResult
    private func sweep(_ server: TestServer, after seconds: Int64) async throws -> MediaLibrary.Swept {
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).adding(seconds: seconds)
        return try await server.keeper(at: now).sweep()
    }

    private func image(_ shop: TestShop, _ side: Int) async throws -> (product: Int64, id: String, url: JSON) {
        let product = try await shop.product()
        let reply = try await shop.upload("product/\(product)/image", Picture.png(side, side), type: "image/png")
        return (product, reply.json["image_id"].text, reply.json["url"])
    }

    private func aside(_ server: TestServer) -> [String] {
        (FileManager.default.enumerator(atPath: server.media.path + "/aside")?.allObjects as? [String] ?? [])
            .filter { $0.contains("/") }
    }

    @Test func `what no row names lies aside for a week and is deleted then`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let image = try await image(shop, 9)
        try await shop.delete("product/\(image.product)/image/\(image.id)")
        #expect(try await sweep(server, after: 7200) == .init(putAside: 1))
        #expect(shop.filesOnDisk.isEmpty && aside(server).count == 1)
        #expect(try await sweep(server, after: 7200 + Self.week - 60) == .init())
        #expect(aside(server).count == 1)
        #expect(try await sweep(server, after: 7200 + Self.week) == .init(deleted: 1))
        #expect(aside(server).isEmpty)
        await server.stop()
    }

    @Test func `what is named again comes back when it is missed, or at the next sweep`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let images = [try await image(shop, 9), try await image(shop, 10)]
        // As a restore does: the rows are gone, and come back.
        let library = server.media
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try await library.sweep(at: now.adding(seconds: 7200)) { _, _ in [] }
        #expect(shop.filesOnDisk.isEmpty && aside(server).count == 2)
        #expect(try await shop.fetch(images[0].url).status == 200)
        #expect(shop.filesOnDisk.count == 1 && aside(server).count == 1)
        #expect(try await sweep(server, after: 7200 + Self.week) == .init(broughtBack: 1))
        #expect(try await shop.fetch(images[1].url).status == 200)
        #expect(aside(server).isEmpty)
        await server.stop()
    }

    @Test func `a copy of the database that shares the folder deletes nothing of the other's`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let folder = server.media.path
        let copy = try await TestServer { $0.media = MediaLibrary(folder: folder) }
        // A copy made by the engine's own means goes by the same name.
        for one in [server, copy] {
            try await one.storage.write { db in
                _ = try db.run("INSERT INTO server_facts (name, value) VALUES ('database_id', 'same')")
            }
        }
        let image = try await image(shop, 9)
        for round in 1...3 {
            let time = 7200 + Int64(round) * (Self.week - 600)
            #expect(try await sweep(copy, after: time) == .init(putAside: 1), "\(round)")
            #expect(try await sweep(server, after: time + 600) == .init(broughtBack: 1), "\(round)")
        }
        #expect(try await sweep(copy, after: 7200) == .init(putAside: 1))
        #expect(try await shop.fetch(image.url).status == 200)
        await copy.stop()
        await server.stop()
    }

    @Test func `a folder that went to the database in this one's place still gives back what this one names`()
        async throws
    {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let image = try await image(shop, 9)
        try await sweep(server, after: 0)
        let old = try #require(
            try await server.storage.fetch("SELECT value FROM server_facts WHERE name = 'database_id'").first?.text(
                at: 0))
        // Between the two steps it is that one's of the two which a crash leaves.
        try await server.media.admit("the new one")
        for one in [old, "the new one"] { #expect(try await server.media.belongs(to: one)) }
        #expect(try await !server.media.belongs(to: "somebody else"))
        try await server.media.leave(to: "the new one")
        #expect(try await server.media.belongs(to: "the new one"))
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try await server.media.sweep(at: now.adding(seconds: 7200)) { _, _ in [] }
        #expect(try await sweep(server, after: 7200) == .init(broughtBack: 1))
        #expect(try await shop.fetch(image.url).status == 200)
        #expect(try await sweep(server, after: 4 * 7200) == .init())
        await server.stop()
    }

    @Test func `a mark that was cut short is nobody's, and of two that come at once one has the folder`() async throws {
        let server = try await TestServer()
        let library = server.media
        try FileManager.default.createDirectory(atPath: library.path, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: library.path + "/database"))
        #expect(try await library.belongs(to: "one"))
        #expect(try await !library.belongs(to: "other"))
        for round in 1...20 {
            let shared = MediaLibrary(folder: "\(library.path)/\(round)")
            let names = (1...8).map { "database \($0)" }
            let owners = try await together(8) { try await shared.belongs(to: names[$0]) ? 1 : 0 }
            #expect(owners.reduce(0, +) == 1)
            #expect(try await shared.owners.count == 1)
        }
        await server.stop()
    }

    @Test func `renditions made in an older way are swept once, and originals stay`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let image = try await image(shop, 9)
        let home =
            "\(server.media.path)/\(shop.id)/" + (try #require(shop.filesOnDisk.first).dropLast("/original".count))
        try Data("old".utf8).write(to: URL(fileURLWithPath: home + "/fit-1000x1000x90.webp"))
        try Data("old".utf8).write(to: URL(fileURLWithPath: home + "/fit-1000x1000x90.png"))
        #expect(try await shop.fetch(image.url).body != Array("old".utf8))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: home).sorted() == [
                "original", "v2-fit-1000x1000x90.png",
            ])
        try Data("old".utf8).write(to: URL(fileURLWithPath: home + "/box-1x1x90.webp"))
        try await sweep(server, after: 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: home).sorted() == [
                "original", "v2-fit-1000x1000x90.png",
            ])
        await server.stop()
    }
}
