import ArgumentParser
import Commerce
import Foundation
import Media
import Persistence
import StoragePostgres
import StorageSQLite

/// `butik restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a backup in the place of the database, and its files into the media folder.",
        discussion: """
            Of a folder of backups the newest copy is taken, or name one: backups/shop/butik-20261128T194533.123Z.db. No server \
            may use the database meanwhile. What was there before is kept, and named.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "The folder of backups, or a file.") var backup: String
    @Flag(help: "Takes the media folder over though the database it belongs to cannot be asked, because it is lost.")
    var takeMedia = false
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
        let settings = try await Settings.load(options)
        let (file, folder) = try BackupFolder.find(backup, settings)
        let kind = try Database.kind(of: settings.databaseURL)
        try Confirmation.ask("Replace the \(try Database.name(kind)) by \(file)?", yes: yes)
        let media = MediaLibrary(folder: settings.mediaDir)
        var fault: Settings.Fault?
        var heir: String?
        // Files come before the rows that name them. What is wrong with some of them is told when the rows are there.
        let prepare = { (change: Change, files: [MediaFile]) async throws in
            fault = try await media.take(files, from: folder?.media ?? media)
            let owners = try await media.owners
            guard takeMedia || change.old.map(owners.contains) ?? false else { return }
            heir = change.new
            try await media.admit(change.new)
        }
        switch kind {
        case .sqlite(let path): try await SQLiteRestore(path).run(file, prepare: prepare)
        case .postgres(let url): try await PostgresRestore(url, settings).run(file, prepare: prepare)
        }
        if let heir { try await media.leave(to: heir) } else { try await Self.tellOwner(of: media) }
        if let fault {
            throw Settings.Fault(description: "the database is restored, and serves; but \(fault.description)")
        }
    }

    /// Whose folder it is cannot be known where the old database is lost: it may be that of a database beside this one.
    private static func tellOwner(of media: MediaLibrary) async throws {
        guard try await !media.owners.isEmpty else { return }
        let text = """
            \(media.path) belongs to another database: it is used, and nothing in it is ever removed. If that database is lost, \
            remove \(media.path)/database, or restore with --take-media

            """
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// By what name the database went before, where there was one that told, and goes now.
    struct Change {
        let old: String?
        let new: String
    }
}
