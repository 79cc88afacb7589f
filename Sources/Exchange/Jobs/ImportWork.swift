import Basics
import Commerce
import Persistence
package import Resources

/// Does an import that is in line. Every page is kept together with the proof that the job was still held, so no page
/// is ever written twice.
package struct ImportWork: Sendable {
    package static let queue = JobQueue(
        "import", TurnLimits(inAll: 2, perShop: 1, perLane: 1), retries: .untilItWorks)

    package static let jobs = [
        Job(queue) { try await ImportWork($0, $1).run() },
        Job("expire imports", every: 3600, expire),
    ]

    /// A job that took two servers down at one place is not begun again before a person has looked.
    private static let triesMax: Int64 = 2
    /// How long ended jobs are kept.
    private static let keptSeconds: Int64 = 90 * 86_400

    private let claim: Claim
    private let context: JobContext

    private init(_ claim: Claim, _ context: JobContext) {
        self.claim = claim
        self.context = context
    }

    private var storage: any Storage { context.storage }

    /// A job that was begun.
    private struct Begun: Sendable {
        let tenant: Tenant
        let job: ImportJob
        let format: ImportFormat
    }

    /// Brings the job to its end.
    private func run() async throws -> JobEnd {
        guard let tenant = try await context.tenant(claim.shop) else { return .done }
        guard let begun = try await begin(in: tenant) else { return .settled }
        do {
            let report = try await run(begun, ImportSource(try await file()))
            try await end(begun, .done, strictFault: begun.job.isStrict ? report.faults.first : nil)
        } catch let lost as LeaseLost {
            throw lost
        } catch let failure as CSVReader.Failure {
            try await end(begun, .failed, error: "\(failure)")
        } catch let error as StorageError where error.isOfStatement {
            // The same would be refused again. What the database says of itself is for the log, which is told.
            try await end(begun, .failed, error: Problem.refused(by: error).detail)
            throw error
        } catch {
            // The server is stopping, or the database is away: another attempt goes on from the last page.
            try await putBack(begun)
            throw NotNow(error)
        }
        return .settled
    }

    /// Says that the job runs; nil where it does not, since it is set aside.
    private func begin(in tenant: Tenant) async throws -> Begun? {
        let (begun, words) = try await storage.transact(in: tenant, at: context.now, as: "import") {
            [claim] tx -> (Begun?, String?) in
            var stored = try tx.take(ImportJob.self, claim.subject)
            try claim.hold(progressed: false, in: tx.db, at: tx.now)
            guard let format = ImportFormat(rawValue: stored.value.format), claim.attempts <= Self.triesMax else {
                let error = """
                    brought its server down behind the first \(stored.value.done) products of its file; \
                    POST import/\(claim.subject)/retry begins it again from there
                    """
                stored.value.error = error
                stored.value.end(.failed, at: tx.now)
                stored.value.isSetAside = true
                try tx.update(stored)
                try claim.done(in: tx.db, at: tx.now)
                return (nil, "import \(claim.subject) of shop \(claim.shop) \(error)")
            }
            stored.value.status = .running
            if stored.value.started == nil { stored.value.started = tx.now }
            return (Begun(tenant: tenant, job: try tx.update(stored).value, format: format), nil)
        }
        if let words { context.warn(words) }
        return begun
    }

    private func file() async throws -> [UInt8] {
        let rows = try await storage.fetch(
            """
            SELECT data FROM import_files WHERE webshop_id = \(claim.shop) AND import_id = \(claim.subject) ORDER BY place
            """)
        return rows.bytes
    }

    // MARK: Running

    private func run(_ begun: Begun, _ source: ImportSource) async throws -> ImportReport {
        let total = try count(begun, source)
        try await storage.transact(in: begun.tenant, at: context.now, as: "import") { [claim] tx in
            try tx.db.run(
                """
                UPDATE import_jobs SET total = \(total), last_modified = \(tx.now), version = version + 1
                WHERE webshop_id = \(tx.shop) AND import_id = \(claim.subject)
                """)
            try claim.hold(progressed: false, in: tx.db, at: tx.now)
            tx.markChanged(ImportJob.info.table)
        }
        var options = ImportOptions()
        options.isDryRun = begun.job.isDryRun
        options.isStrict = begun.job.isStrict
        options.skipped = Int(begun.job.done)
        options.alone = claim.attempts > 1 ? PageReader.recordsMax : 0
        options.log = { [claim, context] in context.warn("import \(claim.subject) of shop \(claim.shop): \($0)") }
        options.keep = { [self] report, done, tx in
            try keep(report, done, isFurther: Int64(done) > begun.job.done, in: tx)
        }
        let importer = Importer(into: storage, tenant: begun.tenant, now: context.clock, options: options)
        return try await importer.run(begun.format, source)
    }

    private func count(_ begun: Begun, _ source: ImportSource) throws -> Int {
        var reader = try begun.format.reader(source, for: begun.tenant)
        var total = 0
        while try reader.next() != nil { total += 1 }
        return total
    }

    /// Notes a page in the page's own transaction, and holds the job for another while.
    private func keep(_ report: ImportReport, _ done: Int, isFurther: Bool, in tx: Transaction) throws {
        let row = try tx.db.row(
            """
            UPDATE import_jobs SET done = \(done), created_count = created_count + \(report.created),
            updated_count = updated_count + \(report.updated), unchanged_count = unchanged_count + \(report.unchanged),
            refused_count = refused_count + \(report.refused), failed_count = failed_count + \(report.failed),
            last_modified = \(tx.now), version = version + 1
            WHERE webshop_id = \(tx.shop) AND import_id = \(claim.subject) RETURNING failed_count
            """)
        guard let failed: Int64 = try row.map({ try $0["failed_count"] }) else { throw LeaseLost() }
        try claim.hold(progressed: isFurther, in: tx.db, at: context.now)
        tx.markChanged("import_jobs")
        let first = failed - Int64(report.failed)  // bounded: counts of records
        let room = max(0, Int64(ImportReport.faultsMax) - first)
        let rows = report.faults.prefix(Int(room)).enumerated().map { index, fault -> [SQLValue] in
            [
                tx.shop.sqlValue, claim.subject.sqlValue, .integer(first + Int64(index)),
                .integer(Int64(fault.place.record)), .integer(Int64(fault.place.line)), .text(fault.column),
                .text(fault.ownID), .text(fault.reason),
            ]
        }
        try tx.db.run(
            SQL.insertions(
                "INSERT INTO import_faults (webshop_id, import_id, place, record, line, cell, own_id, reason) VALUES",
                rows))
    }

    // MARK: Ending

    private func end(
        _ begun: Begun, _ status: ImportJob.Status, error: String? = nil, strictFault: ImportFault? = nil
    ) async throws {
        try await change(begun) { [claim] job, tx in
            job.error = error ?? strictFault.map { "stopped at \($0)" }
            job.end(strictFault == nil ? status : .failed, at: tx.now)
            try ImportJob.dropFile(claim.subject, in: tx)
            try claim.done(in: tx.db, at: tx.now)
        }
    }

    /// Says that the job waits again. Where the database is away it is still said to run, and is gone on with all the
    /// same.
    private func putBack(_ begun: Begun) async throws {
        do {
            try await change(begun) { job, _ in job.status = .queued }
        } catch let lost as LeaseLost {
            throw lost
        } catch {
            context.warn("import \(claim.subject) of shop \(claim.shop) could not be put back: \(error)")
        }
    }

    /// Changes the job if it is still held.
    private func change(
        _ begun: Begun, _ body: @escaping @Sendable (inout ImportJob, Transaction) throws -> Void
    ) async throws {
        try await storage.transact(in: begun.tenant, at: context.now, as: "import") { [claim] tx in
            var stored = try tx.take(ImportJob.self, claim.subject)
            try claim.hold(progressed: false, in: tx.db, at: tx.now)
            try body(&stored.value, tx)
            try tx.update(stored)
        }
    }

    /// Forgets jobs that ended long ago.
    private static func expire(_ context: JobContext) async throws {
        let (storage, end) = (context.storage, context.now.adding(seconds: -keptSeconds))
        for row in try await storage.fetch("SELECT DISTINCT webshop_id FROM import_jobs WHERE ended < \(end)") {
            let shop: Int64 = try row["webshop_id"]
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
