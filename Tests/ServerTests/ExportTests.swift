import Commerce
import Exchange
import Resources
import Support
import Testing

/// `GET /REST/export/products.…` streams the shop.
@Suite struct ExportTests {
    @Test(arguments: [("products.jsonl", ExportFormat.butikJSONL), ("products.csv", .butikCSV)])
    func `the stream is the export, whole and in pieces`(_ file: String, _ format: ExportFormat) async throws {
        let shop = try await TestShop.open()
        let lines = (1...600).map { #"{"own_id":"P\#($0)","name":"Product \#($0)","price":1}"# }
        try await shop.importing(lines.joined(separator: "\n"), as: .butikJSONL)
        let reply = try await shop.send("GET", "/REST/export/\(file)", as: .read)
        #expect(reply.status == 200)
        #expect(reply[header: "Content-Type"] == format.contentType)
        #expect(reply[header: "Transfer-Encoding"] == "chunked")
        #expect(reply[header: "Content-Length"] == nil)
        #expect(reply[header: "Content-Disposition"] == "attachment; filename=\"\(file)\"")
        #expect(reply.text == (try await shop.exported(format)))
        #expect(reply.text.split(separator: "\n").count == (format == .butikCSV ? 601 : 600))
    }

    @Test func `a shop without products is an empty file`() async throws {
        let shop = try await TestShop.open()
        #expect(try await shop.get("export/products.jsonl").text == "")
        #expect(try await shop.get("export/products.csv").text == ButikCSV.columns.joined(separator: ",") + "\n")
    }

    @Test func `only what changed since a time, where one is given`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Lamp")
        #expect(try await shop.get("export/products.jsonl?last_modified=2026-03-01T13:00:00").text.contains("Lamp"))
        #expect(try await shop.get("export/products.jsonl?last_modified=2026-03-01T13:00:01").text == "")
        let wrong = try await shop.get("export/products.jsonl?last_modified=soon")
        #expect((wrong.status, wrong.pointers) == (422, ["?last_modified"]))
    }
}
