package import Basics
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
        /// The records that were refused and say something of other products.
        var refused: Set<Int> = []

        mutating func refuse(_ record: ImportRecord) {
            report.refused += record.stands
            if ProductLinks.isIn(record.body) { refused.insert(record.place.record) }
        }
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
        var refused: Set<Int> = []
        while let page = try pages.next(atMost: done < options.skipped + options.alone ? 1 : PageReader.recordsMax) {
            try Task.checkCancellation()
            let written = try await write(page, book, pages.columns, endingAt: done + page.count)
            report.add(written.report)
            hasOpenLinks = hasOpenLinks || written.hasOpenLinks
            refused.formUnion(written.refused)
            if options.isStrict, written.report.failed > 0 { return report }
            if !options.isDryRun { book = written.book }
            if done == 0, !options.isDryRun, written.report.created > PageReader.recordsMax / 2 {
                try await storage.learnStatistics(of: "products", grownBy: written.report.created)
            }
            done += page.count
            options.progress(done)
        }
        if hasOpenLinks { try await link(open, done, passing: refused, &report) }
        return report
    }

    // MARK: Pages

    private func write(
        _ page: ImportPage, _ book: NameBook, _ columns: FileColumns, endingAt done: Int
    ) async throws -> WrittenPage {
        try await attempt(done, page) { [self] tx in
            var written = WrittenPage(book: book)
            var faults = page.faults
            written.report.refused = faults.count
            for records in try VariantNumbers.resolved(page.records, in: tx) {
                faults += try writeApart(records, columns, &written, in: tx)
            }
            for fault in faults.sorted(by: { $0.place.record < $1.place.record }) { written.report.refuse(fault) }
            return written
        }
    }

    /// Writes records of which no product has two. Where the database refuses a statement, each half is written for itself,
    /// down to the record that it is about: that one is refused, and the others are kept.
    private func writeApart(
        _ records: [ImportRecord], _ columns: FileColumns, _ written: inout WrittenPage, in tx: Transaction
    ) throws -> [ImportFault] {
        let before = written
        do {
            return try tx.savepoint {
                let faults = try Self.write(records, columns, &written, in: tx)
                try tx.settle()
                return faults
            }
        } catch let error as StorageError where error.isOfStatement {
            written = before
            if records.count == 1, let record = records.first {
                options.log("record \(record.place.record) was refused by the database: \(error)")
                written.refuse(record)
                return record.faults + [ImportFault(.refused(by: error), of: record, columns)]
            }
            let half = records.count / 2
            return try writeApart(Array(records[..<half]), columns, &written, in: tx)
                + writeApart(Array(records[half...]), columns, &written, in: tx)
        }
    }

    /// Writes records of which no product has two, and answers what is wrong with them.
    private static func write(
        _ records: [ImportRecord], _ columns: FileColumns, _ written: inout WrittenPage, in tx: Transaction
    ) throws -> [ImportFault] {
        let bodies = records.map(\.body)
        try written.book.learn(bodies, in: tx)
        let links = try ProductLinks(bodies, in: tx)
        var faults: [ImportFault] = []
        var named: [(record: ImportRecord, write: ProductWrite)] = []
        for record in records {
            faults += record.faults
            let open = links.unknown(in: record.body)
            if !open.isEmpty { written.hasOpenLinks = true }
            var write = ProductWrite(record, without: Set(open.map(\.member)))
            let problem = try write.parts.change { links.linked(try written.book.named($0, in: tx)) }
            if let problem {
                faults += Self.faults(of: write, .refused(problem), record, columns, &written)
            } else {
                named.append((record, write))
            }
        }
        let results = try ProductPage.write(named.map(\.write), in: tx)
        for (one, result) in zip(named, results) {
            faults += Self.faults(of: result.write, result.outcome, one.record, columns, &written)
        }
        return try faults + count(zip(named.map(\.record), results), columns, &written.report, in: tx)
    }

    /// What is wrong with a record: with the parts that it was written without, and with all of it.
    private static func faults(
        of write: ProductWrite, _ outcome: ProductOutcome, _ record: ImportRecord, _ columns: FileColumns,
        _ written: inout WrittenPage
    ) -> [ImportFault] {
        let faults = write.parts.leftOut.map { ImportFault($0, of: record, columns) }
        guard case .refused(let problem) = outcome else { return faults }
        written.refuse(record)
        return faults + [ImportFault(problem, of: record, columns)]
    }

    /// Sets the stock and adds up what became of each record.
    private static func count(
        _ results: some Sequence<(ImportRecord, ProductPage.Result)>, _ columns: FileColumns,
        _ report: inout ImportReport, in tx: Transaction
    ) throws -> [ImportFault] {
        var counts: [ImportedStock.Count] = []
        for (_, result) in results {
            let isNew = if case .created = result.outcome { true } else { false }
            guard let id = result.outcome.id else { continue }
            counts += try result.write.stock(isNew: isNew).map {
                .init(productID: id, variant: $0.variant, count: $0.count)
            }
        }
        let (moved, refused) = try ImportedStock.set(counts, in: tx)
        var faults: [ImportFault] = []
        for (record, result) in results {
            switch result.outcome {
            case .created: report.created += record.stands
            case .unchanged(let id) where !moved.contains(id): report.unchanged += record.stands
            case .updated, .unchanged: report.updated += record.stands
            case .refused: break
            }
            if let id = result.outcome.id, refused.contains(id) {
                let reason = "is below zero, which the product does not allow"
                faults.append(ImportFault(record, columns.ofProducts["stock"] ?? "stock", reason))
            }
        }
        return faults
    }

    // MARK: Links

    /// Reads the file again for what its products say of each other, now that all of them are there.
    /// - Parameter refused: records of which nothing was taken, and so not this either.
    private func link(
        _ open: () throws -> any RecordReader, _ done: Int, passing refused: Set<Int>, _ report: inout ImportReport
    ) async throws {
        var pages = try PageReader(try open())
        // What a dry run would have made is not there to be named.
        while !options.isDryRun, let page = try pages.next() {
            try Task.checkCancellation()
            let records = page.records.filter {
                ProductLinks.isIn($0.body) && !refused.contains($0.place.record)
            }
            guard !records.isEmpty else { continue }
            let columns = pages.columns
            let written = try await attempt(done) { tx in try Self.link(records, columns, in: tx) }
            for fault in written.report.faults { report.refuse(fault) }
        }
    }

    private static func link(
        _ records: [ImportRecord], _ columns: FileColumns, in tx: Transaction
    ) throws -> WrittenPage {
        var written = WrittenPage(book: NameBook())
        let links = try ProductLinks(records.map(\.body), in: tx)
        let kept = ProductLinks.members.union(["own_id"])
        let writes = records.map { record in
            let body = JSONObject(record.body.members.filter { kept.contains($0.name) })
            return ProductWrite(changing: links.linked(body))
        }
        for (record, result) in zip(records, try ProductPage.write(writes, in: tx)) {
            if case .refused(let problem) = result.outcome {
                // One that was refused itself has been reported.
                if problem.errors.first?.code != "unknown_product" || problem.errors.first?.pointer != "/own_id" {
                    written.report.refuse(ImportFault(problem, of: record, columns))
                }
            } else if let (member, ownID) = links.unknown(in: record.body).first {
                let reason = "\(ownID) is no product of this shop or of the file"
                written.report.refuse(ImportFault(record, columns.ofProducts[member] ?? member, reason))
            }
        }
        return written
    }

    // MARK: -

    /// Runs one page in its transaction; a dry run and a strict one with a fault are undone.
    /// - Parameters:
    ///   - done: how many records were read up to the end of the page.
    ///   - page: nil where it is what products say of each other.
    private func attempt(
        _ done: Int, _ page: ImportPage? = nil, _ body: @escaping @Sendable (Transaction) throws -> WrittenPage
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
            var (written, end) = (unkept.page, done)
            if options.isStrict, let page, let fault = written.report.faults.first {
                written.report = page.report(stoppedAt: fault, of: written.report.faults)
                end -= page.records(behind: fault)
            }
            let (report, last) = (written.report, end)
            try await storage.transact(in: tenant, at: now(), as: "import") { [options] tx in
                try options.keep(report, last, tx)
            }
            return written
        }
    }
}

extension Problem {
    /// What people are told of where the database refused what kept the rules of its fields.
    static func refused(by error: StorageError) -> Problem {
        if case .unstorable = error { return .unstorable }
        return Problem(
            .internal, "internal", "Could not be stored, by a fault of the server; its log says which.")
    }
}
