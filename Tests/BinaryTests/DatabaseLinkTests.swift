import Foundation
import Resources
import Support
import Testing

/// A database that is reached over links is the same database, with the same lock. It is about SQLite in both runs.
@Suite struct DatabaseLinkTests {
    /// The same database over a link to its file, a link to that link, and a link to its folder.
    private func linked(_ binary: Binary) throws -> [Binary] {
        let folder = Binary.folder()
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try manager.createSymbolicLink(
            atPath: folder + "/one.db", withDestinationPath: binary.folderOfDatabase + "/butik.db")
        try manager.createSymbolicLink(atPath: folder + "/two.db", withDestinationPath: "one.db")
        try manager.createSymbolicLink(atPath: folder + "/linked", withDestinationPath: binary.folderOfDatabase)
        return ["one.db", "two.db", "linked/butik.db"].map { binary.with(database: "sqlite:\(folder)/\($0)") }
    }

    @Test func `whatever link it goes by, nothing writes beside the server`() async throws {
        let binary = try await Binary.filled(on: .sqlite)
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let serving = try await binary.serve()
        let products = Binary.folder() + ".csv"
        try Data("own_id,name,price\nA,Shirt,100\n".utf8).write(to: URL(fileURLWithPath: products))
        for other in try linked(binary) {
            for command in [
                ["restore", file, "--yes"], ["shop", "create", "Other"], ["token", "create", "--shop", "1"],
                ["seed", "bench", "--products", "10", "--orders", "0", "--customers", "0"],
                ["import", "butik-csv", products, "--shop", "1"],
            ] {
                // In another data folder there is no local door.
                let ended = try await other.with(data: Binary.folder()).run(command)
                #expect(ended.status == 1, "\(command) over \(other.database)")
                #expect(ended.error.contains("is using"), "\(command): \(ended.error)")
            }
            #expect(try await other.succeed("shop", "create", "Other").hasSuffix(": Other"))
        }
        let folder = try FileManager.default.contentsOfDirectory(atPath: binary.folderOfDatabase)
        #expect(!folder.contains { $0.contains("restore") }, "\(folder)")
        #expect(try await serving.stop() == 0)
    }

    @Test func `a restore over a link changes the file it leads to, and the link stays one`() async throws {
        let binary = try await Binary.filled(on: .sqlite)
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let before = try await binary.rows
        for other in try linked(binary) {
            try await binary.succeed("shop", "create", "Later")
            try await other.succeed("restore", file, "--yes")
            #expect(try await binary.rows == before)
        }
        // A link that leads to nothing yet.
        let folder = Binary.folder()
        try FileManager.default.createDirectory(atPath: folder + "/disk", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "/butik.db", withDestinationPath: "disk/real.db")
        let empty = binary.with(database: "sqlite:\(folder)/butik.db")
        try await empty.succeed("restore", file, "--yes")
        #expect(try await empty.with(database: "sqlite:\(folder)/disk/real.db").rows == before)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/butik.db") == "disk/real.db")
    }

    @Test func `there is a database at every moment of a restore`() async throws {
        let binary = try await Binary.filled(on: .sqlite)
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let path = binary.folderOfDatabase + "/butik.db"
        let watching = Task.detached {
            var gaps = 0
            while !Task.isCancelled { if access(path, F_OK) != 0 { gaps += 1 } }
            return gaps
        }
        for _ in 1...3 { try await binary.succeed("restore", file, "--yes") }
        watching.cancel()
        #expect(await watching.value == 0)
        let kept = try FileManager.default.contentsOfDirectory(atPath: binary.folderOfDatabase)
        #expect(kept.filter { $0.contains(".before-restore-") }.count == 3)
        #expect(!kept.contains { $0.hasSuffix("-wal") || $0.hasSuffix(".restore") }, "\(kept)")
    }

    @Test func `the log that a killed server left is in what is kept`() async throws {
        let binary = try await Binary.filled(on: .sqlite)
        let file = Binary.folder() + ".backup"
        try await binary.succeed("backup", file)
        let serving = try await binary.serve()
        try await serving.kill()
        let token = try await binary.succeed("token", "create", "--shop", "1", "--level", "all", "--unlimited")
        let again = try await binary.serve()
        let client = Client(token: token, port: again.port)
        let brand = try await client.post("brand", ["name": "Late"]).json["brand_id"].integer
        try await again.kill()
        try await binary.succeed("restore", file, "--yes")
        let folder = try FileManager.default.contentsOfDirectory(atPath: binary.folderOfDatabase)
        let kept = try #require(folder.first { $0.contains(".before-restore-") && !$0.hasSuffix("-wal") })
        try await binary.succeed("restore", "\(binary.folderOfDatabase)/\(kept)", "--yes")
        let last = try await binary.serve()
        #expect(try await Client(token: token, port: last.port).get("brand/\(brand)").status == 200)
        #expect(try await last.stop() == 0)
    }
}

extension Binary {
    /// Where SQLite's file is.
    var folderOfDatabase: String {
        URL(fileURLWithPath: String(database.dropFirst("sqlite:".count))).deletingLastPathComponent().path
    }
}
