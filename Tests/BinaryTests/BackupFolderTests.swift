import Foundation
import Persistence
import Resources
import Support
import Testing

/// A backup of the whole: the database and the files its rows name, put back on an empty machine.
@Suite struct BackupFolderTests {
    private func copies(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("butik-") }.sorted()
    }

    @Test func `a drill gives the same shop and the same pictures on an empty machine`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        #expect(try await client.post("order", ["products": [TestShop.line(product, 3)]]).status == 200)
        var pictures: [String: [UInt8]] = [:]
        for side in [30, 40] {
            let path = try await client.upload(product, Picture.png(side, side))
            pictures[path] = try await HTTP.send("GET", path, port: serving.port).body
        }
        let answers = ["product/\(product)", "order", "stock/\(product)", "stock-entry", "event?limit=100"]
        var before: [String: [UInt8]] = [:]
        for path in answers { before[path] = try await client.get(path).body }
        let folder = Binary.folder()
        let said = try await binary.succeed("backup", folder)
        #expect(said.hasSuffix("2 files copied, 0 were there"), "\(said)")
        #expect(try await serving.stop() == 0)

        let place = try await Binary.fresh(migrated: false)
        let restored = try await place.succeed("restore", folder, "--yes")
        #expect(restored.contains("2 files copied, 0 were there"), "\(restored)")
        #expect(try await place.succeed("doctor").hasPrefix("All "))
        #expect(try await place.rows == binary.rows)
        #expect(place.mediaFiles == binary.mediaFiles)
        for file in place.mediaFiles {
            let (one, other) = (place.data + "/media/" + file, binary.data + "/media/" + file)
            #expect(FileManager.default.contentsEqual(atPath: one, andPath: other))
        }
        let again = try await place.serve()
        let other = Client(token: client.token, port: again.port)
        for path in answers { #expect(try await other.get(path).body == before[path], "\(path)") }
        for (path, bytes) in pictures {
            #expect(try await HTTP.send("GET", path, port: again.port).body == bytes, "\(path)")
        }
        #expect(try await again.stop() == 0)
        #expect(try await place.succeed("doctor").hasPrefix("All "))
    }

    @Test func `a second backup into a folder copies only what is new, and each moment can be had back`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        _ = try await client.upload(product, Picture.png(30, 30))
        let folder = Binary.folder()
        #expect(try await binary.succeed("backup", folder).hasSuffix("1 files copied, 0 were there"))
        let first = try #require(try copies(folder).first)
        let early = try await client.get("product/\(product)").json["images"].elements.count
        _ = try await client.upload(product, Picture.png(40, 40))
        #expect(try await binary.succeed("backup", folder).hasSuffix("1 files copied, 1 were there"))
        // What the copy names and the folder of files holds aside is taken from there.
        #expect(try await serving.stop() == 0)
        #expect(try copies(folder).count == 2 && early == 1)
        #expect(Binary.files(in: folder + "/media").filter { $0.hasSuffix("original") } == binary.mediaFiles)

        let place = try await Binary.fresh(migrated: false)
        try await place.succeed("restore", "\(folder)/\(first)", "--yes")
        let again = try await place.serve()
        let other = Client(token: client.token, port: again.port)
        #expect(try await other.get("product/\(product)").json["images"].elements.count == 1)
        #expect(try await again.stop() == 0)
        #expect(place.mediaFiles.count == 2, "the files of all moments; a sweep puts aside what none names")
    }

    @Test func `files that are missing or damaged are told, and the rest is safe`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        for side in [30, 40, 50] { _ = try await client.upload(product, Picture.png(side, side)) }
        #expect(try await serving.stop() == 0)
        let files = binary.mediaFiles.map { binary.data + "/media/" + $0 }
        // One lies aside, as after a sweep of another database; one is gone, and one is not what it was.
        let hash = try #require(files[0].split(separator: "/").dropLast().last)
        let aside = binary.data + "/media/aside/1"
        try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: files[0], toPath: "\(aside)/\(hash)")
        try FileManager.default.removeItem(atPath: files[1])
        try Data("scratched".utf8).write(to: URL(fileURLWithPath: files[2]))
        let folder = Binary.folder()
        let ended = try await binary.run("backup", folder)
        #expect(ended.status == 1)
        #expect(ended.error.contains("2 files of ") && ended.error.contains("is missing"), "\(ended.error)")
        #expect(ended.error.contains("is damaged"), "\(ended.error)")
        #expect(try copies(folder).count == 1)
        #expect(Binary.files(in: folder + "/media").filter { $0.hasSuffix("original") }.count == 1)
    }

    @Test func `a folder of backups that has none for this engine is refused`() async throws {
        let binary = try await Binary.filled()
        let folder = Binary.folder()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let before = try await binary.rows
        let ended = try await binary.run("restore", folder, "--yes")
        #expect(ended.status == 1 && ended.lastLine.contains("has no copy of a database"), "\(ended.error)")
        #expect(try await binary.rows == before)
    }
}
