import Commerce
import Foundation
import Media
import Persistence
import StoragePostgres

/// Postgres' own tools, which do this best. The password goes to them through the environment, because everybody on the
/// machine reads command lines.
struct PostgresTools {
    let url: String
    private let address: PostgresURL

    /// What the database is called, without its password.
    var name: String { address.name }

    init(_ url: String) throws {
        self.url = url
        address = try PostgresURL(url)
    }

    /// The file is there already and nobody else's to read; `pg_dump` would make one for everybody.
    func dump(to part: PartFile, snapshot: String) throws {
        try run(
            "pg_dump",
            ["--format=custom", "--snapshot=\(snapshot)", "--file=\(part.path)", "--dbname=\(address.words)"])
    }

    /// Reads an archive to its end and answers how many tables' rows it holds.
    func prove(_ file: String) throws -> Int {
        try run("pg_restore", ["--file=/dev/null", file])
        var count = 0
        try lines("pg_restore", ["--list", file]) { if $0.contains(" TABLE DATA ") { count += 1 } }
        return count
    }

    /// The originals that the rows of an archive name.
    func files(namedBy file: String) throws -> [MediaFile] {
        var rows = ArchiveRows()
        var files: Set<MediaFile> = []
        let tables = MediaOwners.tables.map { "--table=\($0)" }
        try lines("pg_restore", ["--data-only", "--file=-"] + tables + [file]) { line in
            guard let cells = rows.read(line), let shop = cells["webshop_id"].flatMap({ Int64($0) }),
                let hash = cells["sha256"]
            else { return }
            files.insert(MediaFile(shop: shop, sha256: hash))
        }
        return files.sorted { ($0.shop, $0.sha256) < ($1.shop, $1.sha256) }
    }

    /// In one transaction, so that whoever reads sees the old rows or the new. Our schema is emptied first, since an archive
    /// takes away only what it holds itself, and the tables of a newer butik would stay. `COMMIT` is written when all of the
    /// archive was: whatever dies on the way, and if it is this process, the old rows stay.
    /// - Parameter databaseID: what the database is called from then on.
    func restore(_ file: String, renamedTo databaseID: String) throws {
        // A tool that dies is told by its end.
        signal(SIGPIPE, SIG_IGN)
        let script = Pipe()
        let input = script.fileHandleForWriting
        _ = fcntl(input.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let psql = try Child(
            "psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=\(address.words)"],
            password: address.password, input: script, output: FileHandle.nullDevice)
        do {
            try input.write(contentsOf: Data(Self.beginning.utf8))
            try Child(
                "pg_restore", ["--clean", "--if-exists", "--no-owner", "--file=-", file], password: nil, output: input
            ).end()
            try input.write(contentsOf: Data(Self.ending(databaseID).utf8))
            try input.close()
        } catch {
            try? input.close()
            // Where it was the first to fail, the rest follows from that.
            try psql.end()
            throw error
        }
        try psql.end()
    }

    private static let beginning = """
        SET client_min_messages = warning;
        BEGIN;
        SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
            WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, current_schema(), c.relname)
        FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relkind = 'S'
        \\gexec

        """

    /// The archive leaves the session without a search path, and that of an older butik may have no such table.
    private static func ending(_ databaseID: String) -> String {
        """
        RESET search_path;
        SELECT $sql$\(MediaOwners.rename(to: databaseID).text)$sql$ WHERE to_regclass('server_facts') IS NOT NULL
        \\gexec
        COMMIT;

        """
    }

    private func run(_ name: String, _ arguments: [String]) throws {
        try Child(name, arguments, password: address.password, output: FileHandle.nullDevice).end()
    }

    /// Hands over what a tool says line by line, however much it is.
    private func lines(_ name: String, _ arguments: [String], _ body: (Substring) -> Void) throws {
        let pipe = Pipe()
        let child = try Child(name, arguments, password: address.password, output: pipe)
        var rest = Data()
        while let chunk = try pipe.fileHandleForReading.read(upToCount: 1 << 16), !chunk.isEmpty {
            rest += chunk
            var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            rest = Data(lines.popLast() ?? Data())
            for line in lines { body(Substring(decoding: line, as: UTF8.self)) }
        }
        try child.end()
    }
}
