import Commerce
import Resources
import Support
import Testing

/// Pictures on their way in and out.
@Suite struct PictureExchangeTests {
    @Test(arguments: [(ExportFormat.butikJSONL, ImportFormat.butikJSONL), (.butikCSV, .butikCSV)])
    func `an uploaded picture leaves by its address here, and is known when it comes back`(
        _ out: ExportFormat, _ back: ImportFormat
    ) async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(
            "Lamp",
            JSONObject([
                .init("own_id", "LAMP"), .init("mailing_list_ids", []),
                .init(
                    "images",
                    [
                        ["data": .string(Picture.png(4, 3).base64), "description": "Front"],
                        ["url": "https://images.test/back.jpg"],
                    ]),
            ]))
        _ = try await shop.product("Plain", JSONObject([.init("own_id", "PLAIN"), .init("mailing_list_ids", nil)]))
        let before = try await shop.get("product/\(product)").json
        let file = try await shop.exported(out)
        #expect(file.contains(TestServer.publicURL) && file.contains("fit-2000x2000x100"))
        #expect(!file.contains("null,\"weight") && !file.contains("\"\"url\"\":null"))
        let events = try await shop.total("event")
        let report = try await shop.importing(file, as: back)
        #expect((report.unchanged, report.updated, report.faults) == (2, 0, []))
        #expect(try await shop.total("event") == events)
        #expect(try await shop.get("product/\(product)").json == before)
        let other = try await TestShop.open()
        let moved = try await other.importing(file, as: back)
        #expect((moved.created, moved.faults) == (2, []))
        #expect(try await other.exported(out) == file)
    }

    @Test(arguments: [
        (
            ImportFormat.wooCommerceCSV,
            "Type,SKU,Name,Regular price,Images\nsimple,R,R,10,https://x.test/rødbede 1.jpg\n"
        ),
        (.butikCSV, "own_id,name,price,images\nR,R,10,\"[{\"\"url\"\":\"\"https://x.test/rødbede 1.jpg\"\"}]\"\n"),
        (
            .shopifyCSV,
            "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src\nR,R,,,10,https://x.test/rødbede 1.jpg\n"
        ),
    ])
    func `the address of a picture may have any letter, and is known again`(
        _ format: ImportFormat, _ text: String
    ) async throws {
        let shop = try await TestShop.open()
        let report = try await shop.importing(text, as: format)
        #expect((report.created, report.faults) == (1, []))
        let pictures = try await shop.get("product/own_id:R").json["images"].elements
        #expect(pictures.map { $0["source_url"].text } == ["https://x.test/rødbede 1.jpg"])
        #expect(try await shop.importing(text, as: format).unchanged == 1)
    }
}
