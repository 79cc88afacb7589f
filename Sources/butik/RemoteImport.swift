import Basics
import Commerce
import Exchange
import Foundation
import Resources

/// An import through a server that runs: sends the file, waits for the job, and tells what it did.
struct RemoteImport {
    private let client: PlainHTTP
    private let token: String
    private let shop: Int64

    init(_ url: String, token: String, shop: Int64) throws {
        client = try PlainHTTP(url)
        self.token = token
        self.shop = shop
    }

    func run(
        _ format: ImportFormat, _ bytes: [UInt8], isDryRun: Bool, isStrict: Bool
    ) async throws -> ImportReport {
        guard bytes.count <= BatchWrite.bodyMax else {
            throw Settings.Fault(
                description:
                    "a server takes files of up to \(BatchWrite.bodyMax) bytes; stop it, or import the file in parts")
        }
        let owner = integer("webshop_id", of: try await call("GET", "/REST/self"))
        guard owner == shop else {
            throw Settings.Fault(description: "the token is of shop \(owner), not of shop \(shop)")
        }
        let query = "format=\(format.rawValue)\(isDryRun ? "&dry_run=1" : "")\(isStrict ? "&strict=1" : "")"
        var job = try await call("POST", "/REST/import?\(query)", bytes)
        let id = integer("import_id", of: job)
        let progress = Progress("records")
        while ["queued", "running"].contains(job["status"]?.words) {
            try await Task.sleep(for: .milliseconds(200))
            job = try await call("GET", "/REST/import/\(id)")
            let total = integer("total", of: job)
            if total > 0 { progress.show(integer("done", of: job), of: total) }
        }
        var report = ImportReport(
            created: integer("created_count", of: job), updated: integer("updated_count", of: job),
            unchanged: integer("unchanged_count", of: job), refused: integer("refused_count", of: job),
            failed: integer("failed_count", of: job))
        report.faults = try await faults(of: id, header: format == .butikJSONL ? 0 : 1)
        if job["status"] != "done", report.failed == 0 {
            throw Settings.Fault(description: job["error"]?.words ?? "the import was \(job["status"]?.words ?? "lost")")
        }
        return report
    }

    private func faults(of id: Int, header: Int) async throws -> [ImportFault] {
        let answer = try await client.send("GET", "/REST/import/\(id)/errors", headers)
        var csv = CSVReader(try ImportSource(answer.body).open())
        var faults: [ImportFault] = []
        while let row = try csv.next() {
            guard row.number > 0, row.fields.count == 5, let record = Int(row.fields[0]), let line = Int(row.fields[1])
            else { continue }
            faults.append(
                ImportFault(
                    ImportPlace(record: record, line: line, header: header), column: row.fields[2], row.fields[4]))
        }
        return faults
    }

    private var headers: [(String, String)] { [("Authorization", "Bearer \(token)")] }

    private func call(_ method: String, _ path: String, _ body: [UInt8] = []) async throws -> JSONObject {
        let answer = try await client.send(method, path, headers + [("Content-Type", "text/csv")], body)
        guard case .object(let object)? = try? JSONParser.parse(answer.body) else {
            throw Settings.Fault(description: "the server at \(client.address) answered \(answer.status)")
        }
        guard answer.status == 200 else {
            throw Settings.Fault(description: object["detail"]?.words ?? "the server answered \(answer.status)")
        }
        return object
    }

    private func integer(_ name: String, of object: JSONObject) -> Int {
        object[name]?.words.flatMap { Int($0) } ?? 0
    }
}
