import Foundation
import Media
import Persistence

/// A folder of backups: copies of the database called by the time they were taken, `butik-20261128T194533.123Z.db` (`.dump`
/// of Postgres), and under `media` the originals they name, each once. A copy that is not wanted any more can be deleted.
struct BackupFolder {
    let path: String

    private static let prefix = "butik-"

    var media: MediaLibrary { MediaLibrary(folder: path + "/media") }

    /// Whether a path that is to be written means a folder and not a file.
    static func isMeant(by path: String) -> Bool {
        switch Place(path) {
        case .folder: true
        case .file: false
        case .missing: path.hasSuffix("/") || (path as NSString).pathExtension.isEmpty
        }
    }

    /// Where the next copy goes. What backups that were cut short have left is removed.
    func newCopy(_ settings: Settings) throws -> String {
        try Disk.makeFolder(path.hasSuffix("/") ? String(path.dropLast()) : path)
        PartFile.clear(path) { $0.hasPrefix(Self.prefix) && $0.hasSuffix(DatabaseCopy.part) }
        let time = Date().formatted(
            Date.ISO8601FormatStyle(
                dateSeparator: .omitted, timeSeparator: .omitted, includingFractionalSeconds: true))
        return "\(path)/\(Self.prefix)\(time).\(try Self.fileExtension(settings))"
    }

    /// What a path to restore from means: a file, a copy in a folder of backups, or the newest copy there.
    static func find(_ path: String, _ settings: Settings) throws -> (file: String, folder: BackupFolder?) {
        switch Place(path) {
        case .missing: throw Settings.Fault(description: "there is no file or folder \(path)")
        case .folder:
            let folder = BackupFolder(path: path)
            return (try folder.newest(settings), folder)
        case .file:
            let isCopy = (path as NSString).lastPathComponent.hasPrefix(prefix)
            let folder = BackupFolder(path: URL(fileURLWithPath: path).deletingLastPathComponent().path)
            return (path, isCopy && Place(folder.path + "/media") == .folder ? folder : nil)
        }
    }

    private func newest(_ settings: Settings) throws -> String {
        let ending = "." + (try Self.fileExtension(settings))
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        guard let name = names.filter({ $0.hasPrefix(Self.prefix) && $0.hasSuffix(ending) }).max() else {
            throw Settings.Fault(description: "\(path) has no copy of a database: no \(Self.prefix)…\(ending)")
        }
        return "\(path)/\(name)"
    }

    private static func fileExtension(_ settings: Settings) throws -> String {
        switch try Database.kind(of: settings.databaseURL) {
        case .sqlite: "db"
        case .postgres: "dump"
        }
    }
}

extension MediaLibrary {
    /// Copies what is not here yet from another folder and says so.
    /// - Returns: what is to be told where something is missing or damaged; all else has been copied.
    func take(_ files: [MediaFile], from source: MediaLibrary) async throws -> Settings.Fault? {
        let progress = Progress("files")
        let done = try await source.copy(files, to: self, at: SystemClock.now()) { progress.show($0, of: files.count) }
        print("\(path): \(done.copied) files copied, \(done.there) were there")
        guard !done.faults.isEmpty else { return nil }
        let shown = done.faults.prefix(20).joined(separator: "\n  ")
        return Settings.Fault(
            description: "\(done.faults.count) files of \(source.path) could not be copied:\n  \(shown)")
    }
}
