import Basics
import Commerce
import Persistence
package import Resources

/// Import and export over HTTP: a file becomes a job, and a shop becomes a file.
package enum ImportEndpoints {
    package static let all: [Endpoint] = [
        post, errors, cancel, retry,
        export(.butikJSONL, "products.jsonl", "export_products_jsonl"),
        export(.butikCSV, "products.csv", "export_products_csv"),
    ]

    private static let post: Endpoint = {
        let formats = JSON.array(ImportFormat.allCases.map { .string($0.rawValue) })
        let flag: JSON = ["type": "string", "enum": ["0", "1", "false", "true"]]
        var endpoint = Endpoint(
            .post, "/REST/import", .token(.write), "create_import",
            "Puts a file in line to be imported: as it is, or in a form, whose fields may stand for the parameters.",
            Documentation(
                tag: "import",
                query: [
                    .init("format", ["type": "string", "enum": formats], "What the body is."),
                    .init("dry_run", flag, "`1` checks every record and stores none."),
                    .init("strict", flag, "`1` ends the import at the first bad record."),
                ],
                body: ["type": "string"], answer: ImportJob.info.schemaReference,
                bodyTypes: ["text/csv", "application/x-ndjson", "multipart/form-data"]),
            .write { call, tx in
                try call.refuseUnknownParameters()
                guard let word = call.query["format"], let format = ImportFormat(rawValue: word) else {
                    let words = ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Problem.invalid("?format", "choice", "must be one of: \(words)")
                }
                guard !call.bytes.isEmpty else {
                    throw Problem.malformed("body_missing", "This call needs the file as its body.")
                }
                return try ImportJob.queue(
                    format, call.bytes, isDryRun: try call.query.flag("dry_run"),
                    isStrict: try call.query.flag("strict"), in: tx
                ).answer
            })
        endpoint.bodyMax = BatchWrite.bodyMax
        endpoint.takesBytes = true
        return endpoint
    }()

    private static let cancel = Endpoint(
        .delete, "/REST/import/{import_id}", .token(.write), "cancel_import",
        "Stops an import; what it has done stays.",
        Documentation(tag: "import", answer: ImportJob.info.schemaReference),
        .write { call, tx in try ImportJob.cancel(try call.id(of: "import"), in: tx).answer })

    private static let retry = Endpoint(
        .post, "/REST/import/{import_id}/retry", .token(.write), "retry_import",
        "Begins an import again that was set aside because it brought its server down twice at one place.",
        Documentation(tag: "import", answer: ImportJob.info.schemaReference),
        .write { call, tx in try ImportJob.retry(try call.id(of: "import"), in: tx).answer })

    private static let errors = Endpoint(
        .get, "/REST/import/{import_id}/errors", .token(.read), "get_import_errors",
        "The records that were refused, as CSV: record, line, column, own_id, reason. At most 10,000.",
        Documentation(tag: "import", answer: ["type": "string"], contentType: "text/csv; charset=utf-8"),
        .read { call, storage in
            let id = try call.id(of: "import")
            let shop = call.tenant.webshopID
            let answers = try await storage.fetch([
                "SELECT 1 FROM import_jobs WHERE webshop_id = \(shop) AND import_id = \(id)",
                """
                SELECT record, line, cell, own_id, reason FROM import_faults
                WHERE webshop_id = \(shop) AND import_id = \(id) ORDER BY place
                """,
            ])
            if answers[0].isEmpty { throw Problem.notFound("import") }
            var writer = CSVWriter(capacity: 1024 + answers[1].bytes.count * 2)
            for name in ["record", "line", "column", "own_id", "reason"] { writer.field(name) }
            writer.endRow()
            for row in answers[1] {
                for place in ["record", "line"] as [StaticString] { writer.field(String(try row[place] as Int64)) }
                for words in ["cell", "own_id", "reason"] as [StaticString] { writer.field(try row[words] ?? "") }
                writer.endRow()
            }
            return Answer(contentType: "text/csv; charset=utf-8", body: writer.bytes)
        })

    private static func export(_ format: ExportFormat, _ file: String, _ name: String) -> Endpoint {
        Endpoint(
            .get, "/REST/export/\(file)", .token(.read), name,
            "Streams every product as \(format.rawValue), in the order of own_id.",
            Documentation(
                tag: "export",
                query: [
                    .init(
                        "last_modified", ["type": "string"],
                        "Only products changed since then, inclusive. The header `Butik-Since` says what to ask with next."
                    )
                ],
                answer: format == .butikCSV ? ["type": "string"] : [:], contentType: format.contentType),
            .read { call, storage in
                try call.refuseUnknownParameters()
                let changed = try await changed(call, storage)
                let export = ProductExport(from: storage, tenant: call.tenant, format: format, changed: changed)
                var answer = Answer(contentType: format.contentType, body: [], isTagged: false)
                answer.headers = [("Content-Disposition", "attachment; filename=\"\(file)\"")]
                if let changed { answer.headers.append(("Butik-Since", Timestamp.utc(changed.upperBound))) }
                answer.stream = { write in try await export.run(write) }
                return answer
            })
    }

    /// From `last_modified=` to where nothing can come behind any more; nil where all products are wanted.
    private static func changed(_ call: Call, _ storage: any Storage) async throws -> ClosedRange<Instant>? {
        guard let text = call.query["last_modified"], !text.isEmpty else { return nil }
        guard let since = Timestamp.parse(text, zone: call.tenant.zone) else {
            throw Problem.invalid("?last_modified", "type", "must be a time such as 2026-03-01T14:05:00")
        }
        let horizon = try await storage.horizon(ofShop: call.tenant.webshopID, at: call.now)
        return since...max(since, horizon)
    }
}

extension Query {
    /// A parameter that says yes or no; no where it is not there. Anything else is refused: a dry run that was misspelt
    /// must not be a real one.
    fileprivate func flag(_ name: String) throws -> Bool {
        switch self[name] {
        case nil, "0", "false": return false
        case "1", "true": return true
        default: throw Problem.invalid("?" + name, "choice", "must be 0, 1, false or true")
        }
    }
}
