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
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
        let settings = try await Settings.load(options)
        let (file, folder) = try BackupFolder.find(backup, settings)
        let kind = try Database.kind(of: settings.databaseURL)
        try Confirmation.ask("Replace the \(try Database.name(kind)) by \(file)?", yes: yes)
        let media = MediaLibrary(folder: settings.mediaDir)
        let change: Change
        switch kind {
        case .sqlite(let path): change = try await SQLiteRestore(path).run(file) { try await take(folder, media) }
        case .postgres(let url):
            change = try await PostgresRestore(url, settings).run(file) { try await take(folder, media) }
        }
        if let old = change.old { try await media.handOver(from: old, to: change.new) }
    }

    /// Files come before the rows that name them.
    private func take(_ folder: BackupFolder?, _ media: MediaLibrary) async throws {
        guard let folder else { return }
        try await media.take(try await folder.media.originals, from: folder.media)
    }

    /// By what name the database went before, where there was one that told, and goes now.
    struct Change {
        let old: String?
        let new: String
    }
}
