import Basics
import Resources
import Support
import Testing

/// A product's documents (fact sheet 4.8).
@Suite struct ProductFileTests {
    @Test func `documents are added, renamed, downloaded and removed`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product()
        let data = JSON.string(Picture.pdf.base64)
        let added = try await shop.put(
            "product/\(id)",
            [
                "file": ["data": data, "filename": "manual.pdf"],
                "pdf_files": [
                    ["data": data, "filename": "manual.pdf"], ["data": data, "filename": "Vejledning æ & \"ø\".pdf"],
                ],
            ])
        #expect(added.status == 200, "\(added.text)")
        let files = added.json["pdf_files"].elements
        #expect(files.map { $0["filename"].text } == ["manual.pdf", "Vejledning æ & \"ø\".pdf", "manual-2.pdf"])
        #expect(files[0].names == ["product_file_id", "filename", "url", "mb"])
        #expect(files[0]["url"].text == "\(TestServer.publicURL)/download-pdf?file=manual.pdf&p=\(id)")
        for file in files {
            let reply = try await shop.fetch(file["url"])
            #expect(reply.status == 200 && reply.body == Picture.pdf, "\(file["filename"].text)")
            #expect(reply[header: "Content-Type"] == "application/pdf")
            #expect(reply[header: "Content-Disposition"]?.hasPrefix("attachment; filename=\"") == true)
        }
        let renamed = try await shop.put(
            "product/\(id)",
            [
                "pdf_files": [
                    ["product_file_id": files[0]["product_file_id"], "filename": "guide.pdf"],
                    ["product_file_id": files[1]["product_file_id"], "remove": 1],
                ]
            ]
        ).json["pdf_files"].elements
        #expect(renamed.map { $0["filename"].text } == ["guide.pdf", "manual-2.pdf"])
        #expect(try await shop.fetch(renamed[0]["url"]).status == 200)
        #expect(try await shop.fetch(files[0]["url"]).status == 404)
    }

    @Test func `a document is taken as it is, as a form and as JSON`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/file"
        let form = String.form([], file: Picture.pdf, named: "form.pdf")
        let replies = [
            try await shop.upload(path + "?filename=plain.pdf", Picture.pdf, type: "application/pdf"),
            try await shop.upload(path, form.body, type: form.type),
            try await shop.post(path, ["data": .string(Picture.pdf.base64), "filename": "json.pdf"]),
        ]
        #expect(replies.map { $0.json["filename"].text } == ["plain.pdf", "form.pdf", "json.pdf"])
        let unnamed = try await shop.upload(path, Picture.pdf, type: "application/pdf").json
        #expect(unnamed["filename"].text == "file-\(unnamed["product_file_id"].integer).pdf")
        let one = "\(path)/\(unnamed["product_file_id"].integer)"
        #expect(try await shop.delete(one).json["deleted"] == 1)
        #expect(try await shop.delete(one).status == 404)
    }

    @Test func `what is no whole PDF is refused`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/file"
        for (bytes, code) in [
            (Picture.png(3, 3), "unknown_type"), (Array("MZ".utf8), "unknown_type"),
            (Array(Picture.pdf.dropLast(8)), "truncated"),
        ] {
            let reply = try await shop.upload(path, bytes, type: "application/pdf")
            #expect(reply.status == 422 && reply.json["errors"][0]["code"].text == code, "\(reply.text)")
        }
    }

    @Test func `a megabyte is told in thousandths, the same on both engines`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/file"
        let padding = Picture.pdf.dropLast(6) + [UInt8](repeating: 0x20, count: 1_572_864) + Array("%%EOF\n".utf8)
        #expect(try await shop.upload(path, Array(padding), type: "application/pdf").json["mb"].digits == "1.5")
    }
}
