import Basics
import Commerce
import Exchange
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

    @Test func `a list of pictures says all there are, and without one they stay`() async throws {
        let shop = try await TestShop.open()
        func file(_ urls: [String]) -> String {
            let pictures = urls.map { "{\"\"url\"\":\"\"https://x.test/\($0)\"\"}" }.joined(separator: ",")
            return "own_id,name,price,images\nA,A,1,\(urls.isEmpty ? "" : "\"[\(pictures)]\"")\n"
        }
        func pictures() async throws -> [JSON] { try await shop.get("product/own_id:A").json["images"].elements }
        try await shop.importing(file(["1.jpg", "2.jpg", "2.jpg"]), as: .butikCSV)
        let first = try await pictures()
        #expect(first.count == 3)
        #expect(try await shop.importing(file(["1.jpg", "2.jpg", "2.jpg"]), as: .butikCSV).unchanged == 1)
        #expect(try await shop.importing(file(["2.jpg"]), as: .butikCSV).updated == 1)
        #expect(try await pictures() == [first[1]])
        #expect(try await shop.importing("own_id,name\nA,A\n", as: .butikCSV).unchanged == 1)
        let bad = try await shop.importing(file(["2.jpg\u{7F}", "3.jpg"]), as: .butikCSV)
        #expect(bad.faults.map(\.description) == ["record 1, column images: 0/url has a control character"])
        #expect(bad.updated == 1)
        // What is said badly is no reason to remove one.
        #expect(try await pictures().count == 2)
        try await shop.importing(file([]), as: .butikCSV)
        #expect(try await pictures().isEmpty)
    }

    @Test func `a picture that variants share is tied to what they have in common`() throws {
        let bodies = try ImportFormat.shopifyCSV.bodies(
            """
            Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant Price,Image Src,Variant Image
            s,Shirt,Size,S,Colour,Red,1,https://x.test/0.jpg,https://x.test/red.jpg
            s,,,M,,Red,1,,https://x.test/red.jpg
            s,,,M,,Blue,1,,https://x.test/blue.jpg

            """)
        #expect(bodies[0]["images"].elements.map { $0["variant_name"].text } == ["", "Red", "M / Blue"])
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
