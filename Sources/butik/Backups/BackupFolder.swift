import Foundation
import Media
import StorageSQLite

/// A folder of backups: copies of the database called by the time they were taken, `butik-20261128T194533.123Z.db` (`.dump`
/// of Postgres), and under `media` the originals they name, each once. A copy that is not wanted any more can be deleted.
struct BackupFolder {
    let path: String

    private static let prefix = "butik-"

    var media: MediaLibrary { MediaLibrary(folder: path + "/media") }

    /// Whether a path that is to be written means a folder and not a file.
    static func isMeant(by path: String) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return exists ? isFolder.boolValue : path.hasSuffix("/") || (path as NSString).pathExtension.isEmpty
    }

    /// Where the next copy goes.
    func newCopy(_ settings: Settings) throws -> String {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let time = Date().formatted(
            Date.ISO8601FormatStyle(
                dateSeparator: .omitted, timeSeparator: .omitted, includingFractionalSeconds: true))
        return "\(path)/\(Self.prefix)\(time).\(try Self.fileExtension(settings))"
    }

    /// What a path to restore from means: a file, a copy in a folder of backups, or the newest copy there.
    static func find(_ path: String, _ settings: Settings) throws -> (file: String, folder: BackupFolder?) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Settings.Fault(description: "there is no file or folder \(path)")
        }
        if isFolder.boolValue {
            let folder = BackupFolder(path: path)
            return (try folder.newest(settings), folder)
        }
        let isCopy = (path as NSString).lastPathComponent.hasPrefix(prefix)
        let folder = BackupFolder(path: URL(fileURLWithPath: path).deletingLastPathComponent().path)
        return (path, isCopy && FileManager.default.fileExists(atPath: folder.path + "/media") ? folder : nil)
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
    /// - Throws: `Settings.Fault` where something is missing or damaged; all else has been copied then.
    func take(_ files: [MediaFile], from source: MediaLibrary) async throws {
        let progress = Progress("files")
        let done = try await source.copy(files, to: self) { progress.show($0, of: files.count) }
        print("\(path): \(done.copied) files copied, \(done.there) were there")
        guard done.faults.isEmpty else {
            let shown = done.faults.prefix(20).joined(separator: "\n  ")
            throw Settings.Fault(
                description: "\(done.faults.count) files of \(source.path) could not be copied:\n  \(shown)")
        }
    }
}
