import Compression
import Resources
import Support
import Testing

/// Bodies with a `Content-Encoding` (CONTRACT 8, "Everywhere").
@Suite struct PackedBodyTests {
    private static func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        try #require(Gzip.compress(bytes))
    }

    private static func send(
        _ shop: TestShop, _ path: String, _ bytes: [UInt8], type: String = "application/json", coding: String = "gzip"
    ) async throws -> Reply {
        try await shop.bytes(
            "POST", "/REST/" + path, bytes, headers: ["Content-Type": type, "Content-Encoding": coding])
    }

    @Test func `a body packed with gzip is read like any other`() async throws {
        let shop = try await TestShop.open()
        let body = Array(#"{"name":"Acme","description":"\#(String(repeating: "ha", count: 50_000))"}"#.utf8)
        for coding in ["gzip", "GZIP", "x-gzip"] {
            let reply = try await Self.send(shop, "brand", try Self.packed(body), coding: coding)
            #expect(reply.status == 200, "\(coding): \(reply.text.prefix(300))")
            #expect(reply.json["description"].text.count == 100_000)
        }
        #expect(try await Self.send(shop, "brand", Array(#"{"name":"A"}"#.utf8), coding: "identity").status == 200)
    }

    @Test func `several gzip files, one behind the other, are one body`() async throws {
        let shop = try await TestShop.open()
        let parts = try [#"{"name":"#, #""Acme""#, "}"].flatMap { try Self.packed(Array($0.utf8)) }
        #expect(try await Self.send(shop, "brand", parts).json["name"] == "Acme")
    }

    @Test func `an import and a document may come packed`() async throws {
        let shop = try await TestShop.open()
        let file = try Self.packed(Array("own_id,name,price\nA,Lamp,5\n".utf8))
        let job = try await Self.send(shop, "import?format=butik-csv", file, type: "text/csv")
        #expect(job.status == 200, "\(job.text)")
        let path = "product/\(try await shop.product())/file?filename=a.pdf"
        let document = try await Self.send(shop, path, try Self.packed(Picture.pdf), type: "application/pdf")
        #expect(document.status == 200, "\(document.text)")
        let url = document.json["url"]
        #expect(try await shop.fetch(url).body == Picture.pdf)
    }

    @Test func `what unpacks to more than is taken is 413`() async throws {
        let shop = try await TestShop.open()
        let bomb = try Self.packed([UInt8](repeating: UInt8(ascii: " "), count: 1_048_577))
        #expect(bomb.count < 3000)
        #expect(try await Self.send(shop, "brand", bomb).status == 413)
        let large = try Self.packed([UInt8](repeating: UInt8(ascii: " "), count: 16 * 1_048_576 + 1))
        #expect(try await Self.send(shop, "brand/batch", large).status == 413)
        let file = try Self.packed([UInt8](repeating: 0, count: 70_000_000))
        let path = "product/\(try await shop.product())/file"
        #expect(try await Self.send(shop, path, file, type: "application/pdf").status == 413)
    }

    @Test func `what is no gzip, or not all of one, is 400`() async throws {
        let shop = try await TestShop.open()
        let whole = try Self.packed(Array(#"{"name":"Acme"}"#.utf8))
        for bytes in [Array(#"{"name":"A"}"#.utf8), Array(whole.dropLast(4)), whole + [1, 2, 3]] {
            let reply = try await Self.send(shop, "brand", bytes)
            #expect(reply.status == 400)
            #expect(reply.code == "content_encoding")
        }
        #expect(try await shop.get("brand").json["paging"]["total"] == 0)
    }

    @Test(arguments: ["br", "deflate", "gzip, gzip", "zstd", "aws-chunked"])
    func `any other coding is 415 and told what would be taken`(_ coding: String) async throws {
        let shop = try await TestShop.open()
        let reply = try await Self.send(shop, "brand", Array(#"{"name":"A"}"#.utf8), coding: coding)
        #expect(reply.status == 415)
        #expect(reply.code == "content_encoding")
        #expect(reply[header: "Accept-Encoding"] == "gzip")
    }
}
