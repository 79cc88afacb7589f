import ArgumentParser
import Foundation
import Media

/// `butik backup`
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a checked copy of the database, and of the media folder, beside a running server.",
        discussion: """
            A folder gets a copy of the database by the time it is taken, and the originals of all images and files that it \
            names; into the same folder again, only new originals are copied. A file gets the database alone. What has no \
            extension, ends in / or is a folder, is meant as a folder: backups/shop; shop.db is a file.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "The folder, or the file, to write.") var target: String

    func run() async throws {
        let settings = try await Settings.load(options)
        guard BackupFolder.isMeant(by: target) else { return try await DatabaseCopy.write(settings, to: target) }
        let folder = BackupFolder(path: target)
        var fault: Settings.Fault?
        try await DatabaseCopy.write(settings, to: try folder.newCopy(settings)) { files in
            fault = try await folder.media.take(files, from: MediaLibrary(folder: settings.mediaDir))
        }
        if let fault { throw fault }
    }
}
