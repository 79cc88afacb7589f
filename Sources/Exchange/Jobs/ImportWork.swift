package import Basics
import Commerce
package import Persistence
import Resources

/// Does what is in line. Several servers may share a database: a job is taken by a guarded update and held by a lease, and
/// every page is kept together with the proof that the job was still held, so no page is ever written twice.
package struct ImportWork: Sendable {
    /// Longer than any page takes; each page begins it anew.
    private static let leaseSeconds: Int64 = 60
    /// How long ended jobs are kept.
    private static let keptSeconds: Int64 = 90 * 86_400

    private let storage: any Storage
    package let publicURL: String
    private let worker: String
    private let clock: @Sendable () -> Instant
    private let log: @Sendable (String) -> Void

    /// - Parameters:
    ///   - worker: a name that no other process has.
    ///   - log: told what is for the operator and not for clients.
    package init(
        _ storage: any Storage, publicURL: String, worker: String, clock: @escaping @Sendable () -> Instant,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.log = log
        self.storage = storage
        self.publicURL = publicURL
        self.worker = worker
        self.clock = clock
    }

    /// The job is not ours any more: it was cancelled, or another process has it.
    private struct Lost: Error {}

    /// A job that took servers down, for the log.
    package struct SetAside: Error, CustomStringConvertible {
        package let description: String
    }

    /// A job that was taken.
    private struct Taken: Sendable {
        let tenant: Tenant
        let job: ImportJob
        let format: ImportFormat
        var id: Int64 { job.id.rawValue }
    }

    /// Takes the oldest job that waits and brings it to its end.
    /// - Returns: whether there was one. Throws where that one was set aside.
    package func doNext() async throws -> Bool {
        guard let taken = try await take() else { return false }
        do {
            let source = ImportSource(try await file(of: taken))
            let report = try await run(taken, source)
            try await end(taken, .done, strictFault: taken.job.isStrict ? report.faults.first : nil)
        } catch is Lost {
            return true
        } catch let failure as CSVReader.Failure {
            try await end(taken, .failed, error: "\(failure)")
        } catch let error as StorageError where error.isOfStatement {
            // The same would be refused again. What the database says of itself is for the log, which is told.
            try await end(taken, .failed, error: Problem.refused(by: error).detail)
            throw error
        } catch {
            // The server is stopping, or the database is away: another attempt goes on from the last page.
            try await release(taken)
            throw error
        }
        return true
    }

    // MARK: Taking

    private func take() async throws -> Taken? {
        let now = clock()
        let rows = try await storage.fetch(
            "SELECT webshop_id, import_id FROM import_jobs WHERE \(waiting(at: now)) ORDER BY import_id LIMIT 10")
        for row in rows {
            if let taken = try await take(row.integer(0) ?? 0, row.integer(1) ?? 0, at: now) { return taken }
        }
        return nil
    }

    /// On SQLite this process is the only one that writes, so what another worker was at is nobody's any more.
    private func waiting(at now: Instant) -> SQL {
        let orphaned: SQL = storage.dialect == .sqlite ? " OR worker <> \(worker)" : ""
        return "(status = 'queued' OR (status = 'running' AND (leased_until < \(now)\(orphaned))))"
    }

    /// A job that was ours already is one that we could not give back, since the database was away: nobody has died of it.
    private func take(_ shop: Int64, _ id: Int64, at now: Instant) async throws -> Taken? {
        let tenant = try await storage.read { [publicURL] in try Shop.tenant(shop, in: $0, publicURL: publicURL) }
        guard let tenant else { return nil }
        let taken = try await storage.transact(in: tenant, at: clock(), as: "import") {
            [self] tx -> Result<Taken, SetAside>? in
            let held = try tx.db.run(
                """
                UPDATE import_jobs SET worker = \(worker), leased_until = \(now.adding(seconds: Self.leaseSeconds)),
                attempts = attempts + CASE WHEN worker = \(worker) THEN 0 ELSE 1 END
                WHERE webshop_id = \(shop) AND import_id = \(id) AND \(waiting(at: now))
                """)
            guard held == 1 else { return nil }
            var stored = try tx.take(ImportJob.self, id)
            guard let format = ImportFormat(rawValue: stored.value.format),
                stored.value.attempts <= ImportJob.attemptsMax
            else {
                let error = """
                    brought its server down behind the first \(stored.value.done) products of its file; \
                    POST import/\(id)/retry begins it again from there
                    """
                stored.value.error = error
                stored.value.end(.failed, at: now)
                try tx.update(stored)
                return .failure(SetAside(description: "import \(id) of shop \(shop) \(error)"))
            }
            stored.value.status = .running
            if stored.value.started == nil { stored.value.started = now }
            return .success(Taken(tenant: tenant, job: try tx.update(stored).value, format: format))
        }
        return try taken?.get()
    }

    private func file(of taken: Taken) async throws -> [UInt8] {
        let rows = try await storage.fetch(
            """
            SELECT data FROM import_files WHERE webshop_id = \(taken.tenant.webshopID) AND import_id = \(taken.id)
            ORDER BY place
            """)
        return rows.bytes
    }

    // MARK: Running

    private func run(_ taken: Taken, _ source: ImportSource) async throws -> ImportReport {
        let total = try count(taken, source)
        try await storage.transact(in: taken.tenant, at: clock(), as: "import") { [self] tx in
            let held = try tx.db.run(
                """
                UPDATE import_jobs SET total = \(total), last_modified = \(tx.now), version = version + 1
                WHERE webshop_id = \(tx.shop) AND import_id = \(taken.id) AND \(isHeld)
                """)
            if held == 0 { throw Lost() }
            tx.markChanged(ImportJob.info.table)
        }
        var options = ImportOptions()
        options.isDryRun = taken.job.isDryRun
        options.isStrict = taken.job.isStrict
        options.skipped = Int(taken.job.done)
        options.alone = taken.job.attempts > 1 ? PageReader.recordsMax : 0
        options.log = { [log] in log("import \(taken.id) of shop \(taken.tenant.webshopID): \($0)") }
        options.keep = { [self] report, done, tx in try keep(report, done, taken.id, in: tx) }
        let importer = Importer(into: storage, tenant: taken.tenant, now: clock, options: options)
        return try await importer.run(taken.format, source)
    }

    private func count(_ taken: Taken, _ source: ImportSource) throws -> Int {
        var reader = try taken.format.reader(source, for: taken.tenant)
        var total = 0
        while try reader.next() != nil { total += 1 }
        return total
    }

    private var isHeld: SQL { "status = 'running' AND worker = \(worker)" }

    /// Notes a page in the page's own transaction, and holds the job for another while.
    private func keep(_ report: ImportReport, _ done: Int, _ id: Int64, in tx: Transaction) throws {
        let row = try tx.db.row(
            """
            UPDATE import_jobs SET done = \(done), created_count = created_count + \(report.created),
            updated_count = updated_count + \(report.updated), unchanged_count = unchanged_count + \(report.unchanged),
            refused_count = refused_count + \(report.refused), failed_count = failed_count + \(report.failed),
            attempts = CASE WHEN done < \(done) THEN 1 ELSE attempts END, leased_until = \(clock().adding(seconds: Self.leaseSeconds)), last_modified = \(tx.now), version = version + 1
            WHERE webshop_id = \(tx.shop) AND import_id = \(id) AND \(isHeld) RETURNING failed_count
            """)
        guard let failed = row?.integer(0) else { throw Lost() }
        tx.markChanged("import_jobs")
        let first = failed - Int64(report.failed)  // bounded: counts of records
        let room = max(0, Int64(ImportReport.faultsMax) - first)
        let rows = report.faults.prefix(Int(room)).enumerated().map { index, fault -> [SQLValue] in
            [
                tx.shop.sqlValue, id.sqlValue, .integer(first + Int64(index)), .integer(Int64(fault.place.record)),
                .integer(Int64(fault.place.line)), .text(fault.column), .text(fault.ownID), .text(fault.reason),
            ]
        }
        try tx.db.run(
            SQL.insertions(
                "INSERT INTO import_faults (webshop_id, import_id, place, record, line, cell, own_id, reason) VALUES",
                rows))
    }

    // MARK: Ending

    private func end(
        _ taken: Taken, _ status: ImportJob.Status, error: String? = nil, strictFault: ImportFault? = nil
    ) async throws {
        try await change(taken) { job in
            job.error = error ?? strictFault.map { "stopped at \($0)" }
            job.end(strictFault == nil ? status : .failed, at: clock())
        }
    }

    private func release(_ taken: Taken) async throws {
        try await change(taken) { job in
            job.status = .queued
            job.attempts = max(0, job.attempts - 1)
            job.worker = nil
            job.leasedUntil = nil
        }
    }

    /// Changes the job if it is still ours.
    private func change(_ taken: Taken, _ body: @escaping @Sendable (inout ImportJob) -> Void) async throws {
        try await storage.transact(in: taken.tenant, at: clock(), as: "import") { [worker] tx in
            var stored = try tx.take(ImportJob.self, taken.id)
            guard stored.value.status == .running, stored.value.worker == worker else { return }
            body(&stored.value)
            if !stored.value.status.isOpen { try ImportJob.dropFile(taken.id, in: tx) }
            try tx.update(stored)
        }
    }

    /// Forgets jobs that ended long ago.
    package func expire() async throws {
        let end = clock().adding(seconds: -Self.keptSeconds)
        for row in try await storage.fetch("SELECT DISTINCT webshop_id FROM import_jobs WHERE ended < \(end)") {
            let shop = row.integer(0) ?? 0
            let ended: SQL = "SELECT import_id FROM import_jobs WHERE webshop_id = \(shop) AND ended < \(end)"
            try await storage.write(for: .shop(shop)) { db in
                for table in ["import_faults", "import_files"] {
                    try db.run("DELETE FROM \(raw: table) WHERE webshop_id = \(shop) AND import_id IN (\(ended))")
                }
                try db.run("DELETE FROM import_jobs WHERE webshop_id = \(shop) AND ended < \(end)")
            }
            storage.counts.changed([ImportJob.info.table], shop: shop)
        }
    }
}
