package import Persistence
package import Resources

/// Brings the records of a file into a shop, page by page: what is there is changed, what is new is made, what is bad is
/// reported and leaves the rest alone. The same file a second time changes nothing.
package struct Importer: Sendable {
    private let storage: any Storage
    private let tenant: Tenant
    private let now: @Sendable () -> Instant
    private let options: ImportOptions

    package init(
        into storage: any Storage, tenant: Tenant, now: @escaping @Sendable () -> Instant,
        options: ImportOptions = ImportOptions()
    ) {
        self.storage = storage
        self.tenant = tenant
        self.now = now
        self.options = options
    }

    /// Carries the report out of a transaction that is given up.
    private struct Unkept: Error {
        let page: WrittenPage
    }

    /// What a page left behind.
    private struct WrittenPage: Sendable {
        var report = ImportReport()
        var book: NameBook
        /// Whether a record names a product that is not there yet.
        var hasOpenLinks = false
    }

    /// Reads a source in a format.
    package func run(_ format: ImportFormat, _ source: ImportSource) async throws -> ImportReport {
        try await run { try format.reader(source, for: tenant) }
    }

    /// - Parameter open: begins to read the file, from its start each time.
    package func run(_ open: () throws -> any RecordReader) async throws -> ImportReport {
        var report = ImportReport()
        var book = NameBook()
        var pages = try PageReader(try open(), skipping: options.skipped)
        var done = options.skipped
        // What a run before this one left open is not known any more.
        var hasOpenLinks = done > 0
        while let page = try pages.next() {
            try Task.checkCancellation()
            let written = try await write(page, book, pages.columns, endingAt: done + page.count)
            report.add(written.report)
            hasOpenLinks = hasOpenLinks || written.hasOpenLinks
            if options.isStrict, written.report.failed > 0 { return report }
            if !options.isDryRun { book = written.book }
            // A plan made for an empty table would be kept while the table grows.
            if done == 0, !options.isDryRun, page.count == PageReader.recordsMax { try await storage.learnStatistics() }
            done += page.count
            options.progress(done)
        }
        if hasOpenLinks { try await link(open, done, &report) }
        return report
    }

    // MARK: Pages

    private func write(
        _ page: ImportPage, _ book: NameBook, _ columns: [String: String], endingAt done: Int
    ) async throws -> WrittenPage {
        try await attempt(done) { tx in
            var written = WrittenPage(book: book)
            let bodies = page.records.map(\.body)
            try written.book.learn(bodies, in: tx)
            let links = try ProductLinks(bodies, in: tx)
            var named: [(record: ImportRecord, write: ProductWrite)] = []
            var faults = page.faults
            for record in page.records {
                let open = links.unknown(in: record.body)
                if !open.isEmpty { written.hasOpenLinks = true }
                do {
                    let body = try written.book.named(record.body.without(Set(open.map(\.member))), in: tx)
                    let write = ProductWrite(
                        body: links.linked(body), initially: record.initially, mustExist: record.mustExist)
                    named.append((record, write))
                } catch let problem as Problem {
                    faults.append(ImportFault(problem, of: record, columns))
                }
            }
            let outcomes = try ProductPage.write(named.map(\.write), in: tx)
            faults += try count(named, outcomes, columns, &written.report, in: tx)
            for fault in faults.sorted(by: { $0.place.record < $1.place.record }) { written.report.refuse(fault) }
            return written
        }
    }

    /// Sets the stock and adds up what became of each record.
    private func count(
        _ writes: [(record: ImportRecord, write: ProductWrite)], _ outcomes: [ProductOutcome],
        _ columns: [String: String], _ report: inout ImportReport, in tx: Transaction
    ) throws -> [ImportFault] {
        var faults: [ImportFault] = []
        var counts: [ImportedStock.Count] = []
        for (one, outcome) in zip(writes, outcomes) {
            let isNew = if case .created = outcome { true } else { false }
            guard let id = outcome.id else { continue }
            for (variant, count) in try one.write.stock(isNew: isNew) {
                counts.append(.init(productID: id, variant: variant, count: count))
            }
        }
        let (moved, refused) = try ImportedStock.set(counts, in: tx)
        for (one, outcome) in zip(writes, outcomes) {
            if let id = outcome.id, refused.contains(id) {
                let reason = "is below zero, which the product does not allow"
                faults.append(ImportFault(one.record, columns["stock"] ?? "stock", reason))
            } else {
                switch outcome {
                case .created: report.created += 1
                case .updated: report.updated += 1
                case .unchanged(let id): if moved.contains(id) { report.updated += 1 } else { report.unchanged += 1 }
                case .refused(let problem): faults.append(ImportFault(problem, of: one.record, columns))
                }
            }
        }
        return faults
    }

    // MARK: Links

    /// Reads the file again for what its products say of each other, now that all of them are there.
    private func link(
        _ open: () throws -> any RecordReader, _ done: Int, _ report: inout ImportReport
    ) async throws {
        var pages = try PageReader(try open())
        // What a dry run would have made is not there to be named.
        while !options.isDryRun, let page = try pages.next() {
            try Task.checkCancellation()
            let records = page.records.filter { ProductLinks.isIn($0.body) }
            guard !records.isEmpty else { continue }
            let columns = pages.columns
            let written = try await attempt(done) { tx in try Self.link(records, columns, in: tx) }
            for fault in written.report.faults { report.refuse(fault) }
        }
    }

    private static func link(
        _ records: [ImportRecord], _ columns: [String: String], in tx: Transaction
    ) throws -> WrittenPage {
        var written = WrittenPage(book: NameBook())
        let links = try ProductLinks(records.map(\.body), in: tx)
        let kept = ProductLinks.members.union(["own_id"])
        let writes = records.map { record in
            let body = JSONObject(record.body.members.filter { kept.contains($0.name) })
            return ProductWrite(body: links.linked(body), initially: JSONObject(), mustExist: true)
        }
        for (record, outcome) in zip(records, try ProductPage.write(writes, in: tx)) {
            if case .refused(let problem) = outcome {
                // One that was refused itself has been reported.
                if problem.errors.first?.code != "unknown_product" || problem.errors.first?.pointer != "/own_id" {
                    written.report.refuse(ImportFault(problem, of: record, columns))
                }
            } else if let (member, ownID) = links.unknown(in: record.body).first {
                let reason = "\(ownID) is no product of this shop or of the file"
                written.report.refuse(ImportFault(record, columns[member] ?? member, reason))
            }
        }
        return written
    }

    // MARK: -

    /// Runs one page in its transaction; a dry run and a strict one with a fault are undone.
    private func attempt(
        _ done: Int, _ body: @escaping @Sendable (Transaction) throws -> WrittenPage
    ) async throws -> WrittenPage {
        do {
            return try await storage.transact(in: tenant, at: now(), as: "import", isDryRun: options.isDryRun) {
                [options] tx in
                let written = try body(tx)
                if options.isDryRun || (options.isStrict && written.report.failed > 0) { throw Unkept(page: written) }
                try options.keep(written.report, done, tx)
                return written
            }
        } catch let unkept as Unkept {
            var written = unkept.page
            if options.isStrict, written.report.failed > 0 { written.report.forgetWrites() }
            let report = written.report
            try await storage.write { [self] db in
                try options.keep(report, done, Transaction(db, tenant: tenant, now: now(), requestID: "import"))
            }
            return written
        }
    }
}

extension ImportFault {
    fileprivate init(_ record: ImportRecord, _ column: String, _ reason: String) {
        self.init(record.place, column: column, reason)
        ownID = record.ownID
    }

    /// What the shop has against a record, told by the file's own column.
    fileprivate init(_ problem: Problem, of record: ImportRecord, _ columns: [String: String]) {
        guard let first = problem.errors.first else {
            self.init(record, "", problem.detail)
            return
        }
        let path = first.pointer.split(separator: "/").map(String.init)
        let field = path.first ?? ""
        let member = Self.named[field] ?? field
        let inner = path.count > 1 ? path.dropFirst().joined(separator: "/") + " " : ""
        let more = problem.errors.count > 1 ? " (and \(problem.errors.count - 1) more)" : ""
        self.init(record, columns[member] ?? member, inner + first.message + more)
    }

    /// What files have in the place of an id.
    private static let named = [
        "brand_id": "brand", "supplier_id": "supplier", "manufacturer_id": "manufacturer",
        "safety_profile_id": "safety_profile", "profile_id": "profile",
        "main_category_id": "main_category", "canonical_id": "canonical",
    ]
}
