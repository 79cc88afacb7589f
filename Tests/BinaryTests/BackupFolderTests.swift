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
        #expect(said.contains("2 files copied, 0 were there"), "\(said)")
        #expect(
            try copies(folder).allSatisfy { Binary.mode("\(folder)/\($0)") == 0o600 }, "people's addresses are in it")
        #expect(try await serving.stop() == 0)

        let place = try await Binary.fresh(keyOf: binary)
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
        #expect(try await binary.succeed("backup", folder).contains("1 files copied, 0 were there"))
        let first = try #require(try copies(folder).first)
        let early = try await client.get("product/\(product)").json["images"].elements.count
        _ = try await client.upload(product, Picture.png(40, 40))
        #expect(try await binary.succeed("backup", folder).contains("1 files copied, 1 were there"))
        // What the copy names and the folder of files holds aside is taken from there.
        #expect(try await serving.stop() == 0)
        #expect(try copies(folder).count == 2 && early == 1)
        #expect(Binary.files(in: folder + "/media").filter { $0.hasSuffix("original") } == binary.mediaFiles)

        for (index, copy) in try copies(folder).enumerated() {
            let place = try await Binary.fresh(keyOf: binary)
            try await place.succeed("restore", "\(folder)/\(copy)", "--yes")
            let again = try await place.serve()
            let other = Client(token: client.token, port: again.port)
            let images = try await other.get("product/\(product)").json["images"].elements
            #expect(images.count == index + 1)
            for image in images {
                let path = try #require(URLComponents(string: image["url"].text)).percentEncodedPath
                #expect(try await HTTP.send("GET", path, port: again.port).status == 200)
            }
            #expect(try await again.stop() == 0)
            #expect(place.mediaFiles.count == index + 1, "those that the rows name, and no others")
        }
        #expect(try copies(folder).first == first)
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
        // They never were in the backup, and its rows come back all the same.
        let place = try await Binary.fresh(migrated: false)
        let restored = try await place.run("restore", folder, "--yes")
        #expect(restored.status == 1 && restored.error.contains("the database is restored"), "\(restored.error)")
        #expect(restored.error.contains("2 files of ") && restored.error.contains("is missing"), "\(restored.error)")
        #expect(try await place.rows == binary.rows)
        #expect(place.mediaFiles.count == 1)
    }

    @Test func `an original of the backup that is damaged or gone keeps no row back`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        for side in [30, 40, 50] { _ = try await client.upload(product, Picture.png(side, side)) }
        #expect(try await serving.stop() == 0)
        let folder = Binary.folder()
        try await binary.succeed("backup", folder)
        let files = binary.mediaFiles
        try Data("scratched".utf8).write(to: URL(fileURLWithPath: "\(folder)/media/\(files[0])"))
        try FileManager.default.removeItem(atPath: "\(folder)/media/\(files[1])")
        let place = try await Binary.fresh(migrated: false)
        let ended = try await place.run("restore", folder, "--yes")
        #expect(ended.status == 1 && ended.error.contains("the database is restored"), "\(ended.error)")
        #expect(ended.error.contains("is missing") && ended.error.contains("is damaged"), "\(ended.error)")
        #expect(try await place.rows == binary.rows)
        #expect(place.mediaFiles == [files[2]])
        // In the first one's place nothing is missing but what is damaged in the backup and not there.
        try FileManager.default.removeItem(atPath: binary.data + "/media/" + files[0])
        let again = try await binary.run("restore", folder, "--yes")
        #expect(again.status == 1 && again.error.contains("1 files of "), "\(again.error)")
        #expect(binary.mediaFiles == [files[1], files[2]])
    }

    @Test func `a copy has its name after its files, and what kills left behind goes at the next one`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        _ = try await client.upload(product, Picture.png(30, 30))
        #expect(try await serving.stop() == 0)
        let folder = Binary.folder()
        // The files cannot be saved, as on a full disk.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: folder + "/media"))
        #expect(try await binary.run("backup", folder).status == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["media"])
        try FileManager.default.removeItem(atPath: folder + "/media")

        let old = [
            "butik-20200101T000000.000Z.db.part", "butik-20200101T000000.000Z.dump.part", "media/tmp/killed.part",
        ]
        try FileManager.default.createDirectory(atPath: folder + "/media/tmp", withIntermediateDirectories: true)
        for name in old {
            try Data("half".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: "\(folder)/\(name)")
        }
        try await binary.succeed("backup", folder)
        #expect(Binary.files(in: folder).filter { $0.hasSuffix(".part") } == [])
        #expect(try copies(folder).count == 1)
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
