import Foundation
import Persistence
import Resources
import Support
import Testing

extension Binary {
    /// Every row of every table, as text, but for the calls that a server counts at its end, what it does by the clock,
    /// and the name that each database has for itself.
    var rows: [String: [String]] {
        get async throws {
            let storage = try await Engine.open(database)
            let rows = try await storage.read { db in
                let without = ["tokens", "token_usage", "token_calls", "token_routes", "server_facts"]
                let tables = try db.describe().tables.filter { !without.contains($0.name) }
                return try tables.reduce(into: [String: [String]]()) { tables, table in
                    // The one type that only the database itself reads.
                    let columns = table.columns.map { $0.type == "TSVECTOR" ? "CAST(\($0.name) AS TEXT)" : $0.name }
                    let some: SQL = table.name == JobQueue.table ? " WHERE webshop_id <> 0" : ""
                    tables[table.name] = try db.rows(
                        "SELECT \(raw: columns.joined(separator: ", ")) FROM \(raw: table.name)\(some)"
                    ).map { "\($0.values)" }.sorted()
                }
            }
            await storage.close()
            return rows
        }
    }

    /// By what name the database goes; nil where no media folder has asked yet.
    var databaseID: String? {
        get async throws {
            let storage = try await Engine.open(database)
            let rows = try await storage.fetch("SELECT value FROM server_facts WHERE name = 'database_id'")
            await storage.close()
            return rows.first?.text(at: 0)
        }
    }

    /// A shop with an order, whose server has stopped.
    static func filled(on engine: Engine = .current) async throws -> Binary {
        let binary = try await Binary.fresh(on: engine)
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        #expect(try await client.post("order", ["products": [TestShop.line(product, 3)]]).status == 200)
        #expect(try await serving.stop() == 0)
        return binary
    }

    /// Who may do what with a file.
    static func mode(_ path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_mode & 0o777) : 0
    }

    /// What restores keep or leave beside a database.
    var besideDatabase: [String] {
        get throws {
            let folder = database.hasPrefix("sqlite:") ? folderOfDatabase : data
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("restore") }
                .sorted()
                .map { "\(folder)/\($0)" }
        }
    }

    var mediaFiles: [String] { Self.files(in: data + "/media").filter { $0.hasSuffix("original") } }

    /// Everything below a folder.
    static func files(in folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}

extension Client {
    /// Adds a picture to a product and answers its address, as a path.
    func upload(_ product: Int64, _ bytes: [UInt8]) async throws -> String {
        let headers = ["Authorization": "Bearer \(token)", "Content-Type": "image/png"]
        let reply = try await HTTP.send(
            "POST", "/REST/product/\(product)/image", body: bytes, headers: headers, port: port)
        try #require(reply.status == 200, "\(reply.text)")
        return try #require(URLComponents(string: reply.json["url"].text)).percentEncodedPath
    }
}
