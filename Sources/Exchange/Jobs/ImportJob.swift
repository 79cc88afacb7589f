package import Basics
import Persistence
package import Resources

/// A file that a client sent to be imported, and what has become of it so far.
package struct ImportJob: Resource {
    package var id: Identifier<ImportJob>
    package var format: String
    package var status: Status
    package var isDryRun: Bool
    package var isStrict: Bool
    package var bytes: Int64
    package var done: Int64
    package var total: Int64?
    package var createdCount: Int64
    package var updatedCount: Int64
    package var unchangedCount: Int64
    package var refusedCount: Int64
    package var failedCount: Int64
    package var error: String?
    package var started: Instant?
    package var ended: Instant?
    /// It was ended because it brought its server down again and again, and waits for a person.
    package var isSetAside: Bool

    package enum Status: String, Choice {
        /// Waits for a server to take it.
        case queued
        case running
        /// Came to the end of its file; some of its records may have been refused.
        case done
        /// Could not be gone on with; `error` says why.
        case failed
        case cancelled

        package var isOpen: Bool { self == .queued || self == .running }
    }

    package static let schema = Schema(
        "import", "imports", table: "import_jobs", ImportJob.init,
        Field("import_id", \.id, .readOnly),
        Field("format", \.format, .readOnly, .oneOf(ImportFormat.allCases.map(\.rawValue)), .filterable),
        Field("status", \.status, .readOnly, .initially(.text(Status.queued.rawValue)), .filterable),
        Field("is_dry_run", \.isDryRun, .readOnly),
        Field("is_strict", \.isStrict, .readOnly),
        Field("bytes", \.bytes, .readOnly),
        Field("done", \.done, .readOnly, .about("Products read so far; a line that is none counts too.")),
        Field("total", \.total, .readOnly, .about("What `done` comes to in the end; null until it is known.")),
        Field("created_count", \.createdCount, .readOnly, .about("Records that made a product.")),
        Field("updated_count", \.updatedCount, .readOnly, .about("Records that changed a product.")),
        Field("unchanged_count", \.unchangedCount, .readOnly, .about("Records of what was so already.")),
        Field(
            "refused_count", \.refusedCount, .readOnly,
            .about("Records of which nothing was taken; with the three above they are all there were.")),
        Field(
            "failed_count", \.failedCount, .readOnly,
            .about("Faults, of which a record can have several, and one that was taken too; see `errors`.")),
        Field("error", \.error, .readOnly, .about("Why the job could not go on.")),
        Field("started", \.started, .readOnly),
        Field("ended", \.ended, .readOnly),
        Field("is_set_aside", \.isSetAside, .hidden),
        verbs: [.list, .read])

    /// How long a file is kept in one row.
    private static let pieceBytes = 262_144

    /// Keeps a file and puts it in line.
    static func queue(_ format: ImportFormat, _ bytes: [UInt8], isDryRun: Bool, isStrict: Bool, in tx: Transaction)
        throws
        -> Written<ImportJob>
    {
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw Problem.malformed("body_not_text", "The file must be UTF-8 text.")
        }
        var job = try ImportJob.starting(try tx.newID(ImportJob.self))
        job.format = format.rawValue
        job.status = .queued
        job.isDryRun = isDryRun
        job.isStrict = isStrict
        job.bytes = Int64(bytes.count)
        for (place, piece) in pieces(of: bytes).enumerated() {
            try tx.db.run(
                """
                INSERT INTO import_files (webshop_id, import_id, place, data)
                VALUES (\(tx.shop), \(job.id), \(place), \(piece))
                """)
        }
        try ImportWork.queue.add([.init(job.id.rawValue)], in: tx)
        return try tx.insert(job)
    }

    /// Parts of a text that are texts themselves: none is cut inside a character.
    private static func pieces(of bytes: [UInt8]) -> [String] {
        var pieces: [String] = []
        var start = 0
        while start < bytes.count {
            var end = min(start + pieceBytes, bytes.count)
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return pieces
    }

    /// Stops a job that has not ended. The page that is being written is given up.
    static func cancel(_ id: Int64, in tx: Transaction) throws -> Written<ImportJob> {
        var job = try tx.take(ImportJob.self, id)
        guard job.value.status.isOpen || job.value.isSetAside else {
            throw Problem.conflict("ended", "This import has ended (\(job.value.status.rawValue)).")
        }
        job.value.end(.cancelled, at: tx.now)
        try ImportWork.queue.cancel([id], in: tx)
        try dropFile(id, in: tx)
        return try tx.update(job)
    }

    /// Puts a job that was set aside in line again, from where it stopped; once more at that place sets it aside at once.
    static func retry(_ id: Int64, in tx: Transaction) throws -> Written<ImportJob> {
        var job = try tx.take(ImportJob.self, id)
        guard job.value.isSetAside else {
            throw Problem.conflict(
                "not_set_aside", "Only an import that brought its server down is begun again; send the file anew.")
        }
        job.value.status = .queued
        job.value.isSetAside = false
        job.value.error = nil
        job.value.ended = nil
        try ImportWork.queue.add([.init(id, tries: 1)], in: tx)
        return try tx.update(job)
    }

    mutating func end(_ status: Status, at now: Instant) {
        self.status = status
        ended = now
        isSetAside = false
    }

    static func dropFile(_ id: Int64, in tx: Transaction) throws {
        try tx.db.run("DELETE FROM import_files WHERE webshop_id = \(tx.shop) AND import_id = \(id)")
    }
}
