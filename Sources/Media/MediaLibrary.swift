package import Basics
import Glibc
import NIOPosix
import Persistence
package import Resources

/// The files of all shops: takes them in, shows them, and lets go of those nobody uses. Everything slow happens on threads
/// that are there for it.
package struct MediaLibrary: Sendable {
    let folder: MediaFolder
    private let renderer: Renderer

    /// How long a file may be without a row: an upload comes before its row, and a large import takes its time.
    package static let graceSeconds: Int64 = 3600

    /// - Parameters:
    ///   - programs: where the programs that read images are looked for.
    ///   - clock: what the work for one client is measured by.
    package init(
        folder: String, programs: String = "/usr/bin:/bin",
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.folder = MediaFolder(path: Disk.absolute(folder))
        renderer = Renderer(programs: programs, temporary: self.folder.temporary, clock: clock)
    }

    package var path: String { folder.path }

    /// Threads for judging what comes in, which may take seconds: what goes out is not kept waiting by it.
    private static let judges: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()

    func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
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
        let look = try await Self.judges.runIfActive {
            try bytes.withUnsafeBytes { buffer in
                try Look.at(buffer, kind) {
                    let file = try TemporaryFile(in: folder.temporary)
                    try file.write(buffer)
                    return file
                }
            }
        }
        return try await keep(look, shop: shop, isDryRun: isDryRun)
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
        let look = try await Self.judges.runIfActive {
            try file.withBytes { buffer in
                let range = range?.clamped(to: 0..<buffer.count)
                let part = range.map { UnsafeRawBufferPointer(rebasing: buffer[$0]) } ?? buffer
                return try Look.at(part, kind) {
                    guard range != nil else { return file }
                    let copy = try TemporaryFile(in: folder.temporary)
                    try copy.write(part)
                    return copy
                }
            }
        }
        return try await keep(look, shop: shop, isDryRun: isDryRun)
    }

    private func keep(
        _ look: Result<Look, FieldFault>, shop: Int64, isDryRun: Bool
    ) async throws -> Result<Upload, FieldFault> {
        let found: Look
        switch look {
        case .success(let look): found = look
        case .failure(let fault): return .failure(fault)
        }
        let (folder, upload, file) = (folder, found.upload, found.file)
        // In a dry run nothing else holds the file while it is decoded.
        defer { withExtendedLifetime(file) {} }
        // The pixels of a PNG were counted already; those that are here were decoded when they came.
        if let header = found.header, header.type != .png,
            try await onThread({ OpenedFile(folder.original(shop, upload.sha256)) == nil })
        {
            do {
                if let fault = try await renderer.fault(in: file.path, header, shop: shop) { return .failure(fault) }
            } catch let failure as Renderer.Failure {
                throw Self.problem(failure)
            }
        }
        if !isDryRun { try await onThread { try folder.keep(file, as: upload.sha256, shop: shop) } }
        return .success(upload)
    }

    // MARK: Out

    /// An original, to be sent.
    package func original(_ sha256: String, shop: Int64) async throws -> OpenedFile? {
        let folder = folder
        return try await onThread { try folder.opened(sha256, shop: shop) }
    }

    /// A rendition, to be sent; made if this is the first time somebody asks. Nil where the image is not here.
    /// - Parameter asker: the shop whose image it is, and who wants to see it.
    package func rendition(
        _ rendition: Rendition, of sha256: String, type: FileType?, for asker: RenderAsker
    ) async throws -> OpenedFile? {
        let shop = asker.shop
        let folder = folder
        let (original, home) = (folder.original(shop, sha256), folder.folder(shop, sha256))
        let path = "\(home)/\(rendition.name)"
        if let file = try await onThread({ folder.rendition(at: path) }) { return file }
        guard try await onThread({ try folder.opened(sha256, shop: shop) != nil }) else { return nil }
        do {
            let isAnimated = [FileType.gif, .webp].contains(rendition.type) && (type == .gif || type == .webp)
            // All frames, where both sides can have several.
            let source = original + (isAnimated ? "[n=-1]" : "")
            try await renderer.make(rendition, of: source, at: path, for: asker) { part in
                try await onThread { try folder.publish(part, as: rendition, in: home) }
            }
        } catch let failure as Renderer.Failure {
            throw Self.problem(failure)
        }
        return try await onThread { folder.rendition(at: path) }
    }

    private static func problem(_ failure: Renderer.Failure) -> Problem {
        var problem =
            switch failure {
            case .unreadable:
                Problem(.notFound, "image_unreadable", "The image cannot be decoded; upload it again.")
            case .busy:
                Problem(.unavailable, "renderer_busy", "Too many images are being made; ask again in a moment.")
            case .tooMuch:
                Problem(
                    .limited, "renderer_rate",
                    "You have asked for many images that are not made yet; those that are made are shown at any time.")
            case .tooSlow:
                Problem(.unavailable, "renderer_too_slow", "The image was not made in time; ask again later.")
            case .missingProgram:
                Problem(.unavailable, "renderer_missing", "vipsthumbnail (libvips-tools) is not installed.")
            case .broken:
                Problem(
                    .unavailable, "renderer_broken",
                    "vipsthumbnail fails on this server, with pictures that are known to be good too.")
            }
        switch failure {
        case .busy, .tooSlow: problem.headers = [("Retry-After", "2")]
        case .tooMuch(let seconds): problem.headers = [("Retry-After", String(seconds))]
        default: break
        }
        return problem
    }

    /// How many renditions were made since the start.
    package var made: Int { get async { await renderer.started } }

    /// How many renditions wait for their turn.
    package var lineLength: Int { get async { await renderer.lineLength } }

    // MARK: Letting go

    /// Whether this folder's files are the database's. A folder of another one is never swept.
    package func belongs(to databaseID: String) async throws -> Bool {
        let folder = folder
        return try await onThread { try folder.belongs(to: databaseID) }
    }

    /// The databases whose folder it is: one, two while one takes the other's place, or none yet.
    package var owners: [String] {
        get async throws {
            let folder = folder
            return try await onThread { folder.owners }
        }
    }

    /// Lets a database that is about to take another's place have the folder too.
    package func admit(_ databaseID: String) async throws {
        let folder = folder
        try await onThread { try folder.admit(databaseID) }
    }

    /// Leaves the folder to one database alone.
    package func leave(to databaseID: String) async throws {
        let folder = folder
        try await onThread { try folder.leave(to: databaseID) }
    }

    // MARK: Backups

    /// Copies originals to another media folder that lacks them, and proves each. What copies that were cut short have left
    /// there goes first.
    package func copy(
        _ files: [MediaFile], to other: MediaLibrary, at now: Instant, progress: @escaping @Sendable (Int) -> Void
    ) async throws -> MediaCopy {
        let (source, target) = (folder, other.folder)
        return try await onThread {
            target.removeTemporary(idleSince: now.adding(seconds: -Self.graceSeconds))
            return try MediaCopy(files, from: source, to: target, progress)
        }
    }
}
