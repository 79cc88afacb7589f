import Foundation
import Resources
import Support
import Testing

/// In which order a restore writes, since a power cut may come between any two calls.
@Suite struct RestoreOrderTests {
    /// A shop with a picture, a backup of it, and then without the picture's file: what a restore has to bring back.
    private static func backedUp() async throws -> (binary: Binary, backup: String) {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        _ = try await client.upload(product, Picture.png(30, 30))
        let mark = binary.data + "/media/database"
        try await eventually("a first sweep") { FileManager.default.fileExists(atPath: mark) }
        let folder = Binary.folder()
        try await binary.succeed("backup", folder)
        #expect(try await serving.stop() == 0)
        try FileManager.default.removeItem(atPath: binary.data + "/media/1")
        return (binary, folder)
    }

    @Test func `all is on the disk before it gets its name, and the name before anybody relies on it`() async throws {
        let (binary, backup) = try await Self.backedUp()
        let (trace, ended) = try await FileTrace.of(binary, "restore", backup, "--yes")
        try #require(ended.status == 0, "\(ended.error)")
        #expect(ended.output.contains("1 files copied"), "\(ended.output)")

        let picture = try #require(trace.naming("/original"))
        let old = try #require(trace.calls.firstIndex { $0.target.contains(".before-restore-") })
        // It is both databases' while one takes the other's place, and the new one's alone at last.
        let mark = try #require(trace.calls.lastIndex { $0.target.hasSuffix("/media/database") })
        let new = Engine.current == .sqlite ? trace.naming("/butik.db") : trace.starting("pg_restore")
        let taking = try #require(new)
        #expect(picture < taking && old < taking && taking < mark)
        if Engine.current == .sqlite { #expect(trace.calls[taking].path.hasSuffix("/butik.db.restore")) }
        let folders = Engine.current == .sqlite ? [binary.data, binary.folderOfDatabase] : [binary.data]
        // What takes the old one's place relies on the copy that is kept of it, and on the files that its rows name.
        #expect(trace.risks(in: folders, before: [taking]) == [])
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
        #expect(binary.mediaFiles.count == 1)
    }

    @Test func `on an empty machine the folders last too`() async throws {
        let (binary, backup) = try await Self.backedUp()
        let place = Binary.folder()
        let fresh = try await Binary.fresh(migrated: false)
        let database = Engine.current == .sqlite ? "sqlite:\(place)/a/b/butik.db" : fresh.database
        let empty = Binary(data: place + "/c/d", database: database)
        let (trace, ended) = try await FileTrace.of(empty, "restore", backup, "--yes")
        try #require(ended.status == 0, "\(ended.error)")
        let folders = trace.calls.filter { $0.name.hasPrefix("mkdir") && $0.path.hasPrefix(place) }
        #expect(folders.count == (Engine.current == .sqlite ? 10 : 8))
        let above = (place as NSString).deletingLastPathComponent
        #expect(trace.risks(in: [above], before: []) == [])
        #expect(binary.mediaFiles.isEmpty && empty.mediaFiles.count == 1)
    }
}
