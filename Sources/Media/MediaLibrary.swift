import Glibc
import NIOPosix
package import Persistence
package import Resources

/// The files of all shops: takes them in, shows them, and lets go of those nobody uses. Everything slow happens on threads
/// that are there for it.
package struct MediaLibrary: Sendable {
    private let folder: MediaFolder
    private let renderer: Renderer

    /// How long a file may be without a row: an upload comes before its row, and a large import takes its time.
    package static let graceSeconds: Int64 = 3600
    /// Renditions kept of one image; past that the oldest makes room, so that nobody can fill the disk by asking.
    private static let renditionsMax = 60

    /// - Parameter programs: where the programs that read images are looked for.
    package init(folder: String, programs: String = "/usr/bin:/bin") {
        self.folder = MediaFolder(path: Disk.absolute(folder))
        renderer = Renderer(programs: programs)
    }

    package var path: String { folder.path }

    private func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await NIOThreadPool.singleton.runIfActive(work)
    }

    // MARK: In

    /// A file to write what is coming in to.
    package func temporaryFile() async throws -> TemporaryFile {
        let folder = folder
        return try await onThread { try TemporaryFile(in: folder.temporary) }
    }

    package func append(_ bytes: [UInt8], to file: TemporaryFile) async throws {
        try await onThread { try bytes.withUnsafeBytes { try file.write($0) } }
    }

    /// Lets a reader see what was written so far.
    package func read<T: Sendable>(
        _ file: TemporaryFile, _ body: @escaping @Sendable (UnsafeRawBufferPointer) throws -> T
    ) async throws -> T {
        try await onThread { try file.withBytes(body) }
    }

    /// Looks at bytes and keeps them. What is refused, and all of a dry run, leaves nothing on the disk.
    package func keep(
        _ bytes: [UInt8], as kind: UploadKind, shop: Int64, isDryRun: Bool = false
    ) async throws -> Result<Upload, FieldFault> {
        let folder = folder
        return try await onThread {
            try bytes.withUnsafeBytes { buffer in
                let result = Self.look(buffer, kind)
                guard case .success(let upload) = result, !isDryRun else { return result }
                let file = try TemporaryFile(in: folder.temporary)
                try file.write(buffer)
                try folder.keep(file, as: upload.sha256, shop: shop)
                return result
            }
        }
    }

    /// The same for base64.
    package func keep(
        base64 text: String, as kind: UploadKind, shop: Int64, isDryRun: Bool
    ) async throws -> Result<Upload, FieldFault> {
        guard let bytes = try await onThread({ Base64.decode(text) }) else {
            return .failure(FieldFault("base64", "is not base64"))
        }
        return try await keep(bytes, as: kind, shop: shop, isDryRun: isDryRun)
    }

    /// The same for a file, or for a stretch of one.
    package func keep(
        _ file: TemporaryFile, _ range: Range<Int>? = nil, as kind: UploadKind, shop: Int64, isDryRun: Bool = false
    ) async throws -> Result<Upload, FieldFault> {
        let folder = folder
        return try await onThread {
            try file.withBytes { buffer in
                let range = range?.clamped(to: 0..<buffer.count)
                let part = range.map { UnsafeRawBufferPointer(rebasing: buffer[$0]) } ?? buffer
                let result = Self.look(part, kind)
                guard case .success(let upload) = result, !isDryRun else { return result }
                guard range != nil else {
                    try folder.keep(file, as: upload.sha256, shop: shop)
                    return result
                }
                let copy = try TemporaryFile(in: folder.temporary)
                try copy.write(part)
                try folder.keep(copy, as: upload.sha256, shop: shop)
                return result
            }
        }
    }

    /// What a file is, if it is something we take.
    private static func look(_ buffer: UnsafeRawBufferPointer, _ kind: UploadKind) -> Result<Upload, FieldFault> {
        do throws(FieldFault) {
            guard buffer.count <= FileLimits.bytesMax else {
                throw FieldFault("too_large", "is larger than \(FileLimits.bytesMax / 1_048_576) MB")
            }
            guard buffer.count > 0 else { throw FieldFault("empty", "has no bytes") }
            var (type, width, height) = (FileType.pdf, 0, 0)
            switch kind {
            case .document: try DocumentHeader.check(buffer)
            case .image:
                let header = try ImageHeader.read(buffer)
                (type, width, height) = (header.type, header.width, header.height)
            }
            return .success(
                Upload(
                    sha256: MediaFolder.hash(buffer), bytes: Int64(buffer.count), type: type, width: Int64(width),
                    height: Int64(height)))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Out

    /// An original, to be sent.
    package func original(_ sha256: String, shop: Int64) async throws -> OpenedFile? {
        let path = folder.original(shop, sha256)
        return try await onThread { OpenedFile(path) }
    }

    /// A rendition, to be sent; made if this is the first time somebody asks. Nil where the image is not here.
    package func rendition(
        _ rendition: Rendition, of sha256: String, type: FileType?, shop: Int64
    ) async throws -> OpenedFile? {
        let (original, home) = (folder.original(shop, sha256), folder.folder(shop, sha256))
        let path = "\(home)/\(rendition.name)"
        if let file = try await onThread({ OpenedFile(path) }) { return file }
        guard try await onThread({ OpenedFile(original) != nil }) else { return nil }
        do {
            let isAnimated = [FileType.gif, .webp].contains(rendition.type) && (type == .gif || type == .webp)
            // All frames, where both sides can have several.
            let source = original + (isAnimated ? "[n=-1]" : "")
            try await renderer.make(rendition, of: source, at: path) { Self.makeRoom(in: home, for: rendition.name) }
        } catch let failure as Renderer.Failure {
            throw Self.problem(failure)
        }
        return try await onThread { OpenedFile(path) }
    }

    private static func problem(_ failure: Renderer.Failure) -> Problem {
        var problem =
            switch failure {
            case .unreadable:
                Problem(.notFound, "image_unreadable", "The image cannot be decoded; upload it again.")
            case .busy:
                Problem(.unavailable, "renderer_busy", "Too many images are being made; ask again in a moment.")
            case .tooSlow:
                Problem(.unavailable, "renderer_too_slow", "The image was not made in time; ask again later.")
            case .missingProgram:
                Problem(.unavailable, "renderer_missing", "vipsthumbnail (libvips-tools) is not installed.")
            case .broken:
                Problem(
                    .unavailable, "renderer_broken",
                    "vipsthumbnail fails on this server, with pictures that are known to be good too.")
            }
        if failure == .busy || failure == .tooSlow { problem.headers = [("Retry-After", "2")] }
        return problem
    }

    private static func makeRoom(in home: String, for name: String) {
        let made = Disk.names(in: home).filter { $0 != "original" && $0 != name && !$0.contains(".part.") }
        guard made.count >= renditionsMax else { return }
        let aged = made.map { (name: $0, time: Disk.time("\(home)/\($0)") ?? Instant(milliseconds: 0)) }
            .sorted { $0.time < $1.time }
        for old in aged.prefix(made.count - renditionsMax + 1) { unlink("\(home)/\(old.name)") }
    }

    /// How many renditions were made since the start.
    package var made: Int { get async { await renderer.started } }

    // MARK: Letting go

    /// Whether this folder's files are the database's. A folder of another one is never swept.
    package func belongs(to databaseID: String) async throws -> Bool {
        let folder = folder
        return try await onThread { try folder.belongs(to: databaseID) }
    }

    /// Removes bytes that no row names and nobody has touched for a while.
    /// - Parameter used: which of some hashes of a shop rows name.
    /// - Returns: how many files went.
    @discardableResult
    package func sweep(
        at now: Instant, used: @Sendable ([String], Int64) async throws -> Set<String>
    ) async throws -> Int {
        let folder = folder
        let time = now.adding(seconds: -Self.graceSeconds)
        try await onThread { folder.removeTemporary(idleSince: time) }
        var removed = 0
        for shop in try await onThread({ folder.shops }) {
            let idle = try await onThread { folder.idle(shop, since: time) }
            for start in stride(from: 0, to: idle.count, by: 500) {
                let some = Array(idle[start..<min(start + 500, idle.count)])
                let inUse = try await used(some, shop)
                let free = some.filter { !inUse.contains($0) }
                try await onThread { for hash in free { folder.remove(hash, shop: shop, idleSince: time) } }
                removed += free.count
            }
        }
        return removed
    }
}
