import Basics
import ButikFiles
import Commerce
import Compression
import Exchange
import Resources
import Support
import Testing

/// Importing the catalogues that come with the program, and files that are not so tidy.
@Suite struct FashionImportTests {
    private static let header =
        "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n"
    private static let good = "Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,Shirt"

    /// A server of its own, because an import keeps one busy.
    private static let server = Task { try await TestServer() }

    private static func shop() async throws -> TestShop { try await TestShop.open(on: server.value) }

    @discardableResult
    private static func run(
        _ bytes: [UInt8], into shop: TestShop, _ change: (inout ImportOptions) -> Void = { _ in }
    ) async throws -> ImportReport {
        try await shop.importing(bytes, as: .fashionCSV, change)
    }

    @discardableResult
    private static func run(
        rows: String, into shop: TestShop, _ change: (inout ImportOptions) -> Void = { _ in }
    ) async throws -> ImportReport {
        try await run(Array((header + rows).utf8), into: shop, change)
    }

    private static func total(_ path: String, _ shop: TestShop) async throws -> Int64 {
        try await shop.get("\(path)?envelope=1&limit=0").json["paging"]["total"].integer
    }

    private static func depth(_ tree: JSON) -> Int {
        tree.elements.map { 1 + depth($0["children"]) }.max() ?? 0
    }

    /// The fashion catalogue, imported once.
    private static let fashion = Task {
        let shop = try await Self.shop()
        return (shop, try await run(try ButikFiles.seed("fashion-products.csv"), into: shop))
    }

    @Test func `the fashion catalogue becomes products in a tree of four levels`() async throws {
        let (shop, report) = try await Self.fashion.value
        #expect((report.created, report.updated, report.unchanged) == (4998, 0, 0))
        #expect(report.faults == [])
        #expect(try await Self.total("product", shop) == 4998)
        #expect(Self.depth(try await shop.get("category/tree").json) == 4)
        let product = try await shop.get("product?own_id=15970").json["products"][0]
        #expect(product["name"] == "Turtle Check Men Navy Blue Shirt")
        #expect(product["categories"].elements.count == 4)
        #expect(!product["brand_id"].isNull)
        #expect(product["in_stock"].integer >= 10)
        let category = product["main_category_id"].text
        #expect(try await shop.get("category/\(category)").json["name"] == "Shirts")
        let listed = try await shop.get("product?category_id=\(category)&limit=0").json["paging"]["total"].integer
        #expect(listed > 100)
        #expect(try await shop.findings() == [])
    }

    @Test func `importing it again changes nothing`() async throws {
        let (shop, _) = try await Self.fashion.value
        let paths = ["product", "category", "brand", "stock-entry"]
        var before: [Int64] = []
        for path in paths { before.append(try await Self.total(path, shop)) }
        let newest = try await shop.get("product?sort=-last_modified&limit=1").json
        let report = try await Self.run(try ButikFiles.seed("fashion-products.csv"), into: shop)
        #expect((report.created, report.updated, report.unchanged) == (0, 0, 4998))
        var after: [Int64] = []
        for path in paths { after.append(try await Self.total(path, shop)) }
        #expect(after == before)
        #expect(try await shop.get("product?sort=-last_modified&limit=1").json == newest)
    }

    @Test func `bad rows are reported by record and line and do not stop the good ones`() async throws {
        let shop = try await Self.shop()
        let long = String(repeating: "x", count: 256)
        let report = try await Self.run(
            rows: """
                1,\(Self.good)
                2,Men,Apparel
                ,\(Self.good)
                "4",Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,"Shirt
                of two lines"
                5,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,
                "6"x,\(Self.good)
                7,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,\(long)
                8,\(Self.good)

                """, into: shop)
        #expect(report.created == 3)
        #expect(
            report.faults.map(\.description) == [
                "record 2: has 3 fields instead of 10", "record 3, column id: is empty",
                "record 5 (line 7), column productDisplayName: is required and cannot be empty",
                "record 6 (line 8): text stands behind a closing quote",
                "record 7 (line 9), column productDisplayName: has 256 characters; at most 255",
            ])
        let names = try await shop.get("product?sort=own_id").json["products"].elements.map { $0["own_id"].text }
        #expect(names == ["1", "4", "8"])
    }

    @Test func `a changed row updates its product and leaves what the shop decided`() async throws {
        let shop = try await Self.shop()
        try await Self.run(rows: "1,\(Self.good)\n2,\(Self.good)\n", into: shop)
        let id = try await shop.get("product?own_id=1").json["products"][0]["product_id"].integer
        try await shop.put("product/\(id)", ["price": 7])
        try await shop.put("stock/\(id)", ["count": 3])
        let report = try await Self.run(rows: "1,\(Self.good) new\n2,\(Self.good)\n", into: shop)
        #expect((report.created, report.updated, report.unchanged) == (0, 1, 1))
        let product = try await shop.get("product/\(id)").json
        #expect(product["name"] == "Shirt new")
        #expect(product["price"].digits == "7")
        #expect(product["in_stock"] == 3)
    }

    @Test func `one number twice in a file is one product`() async throws {
        let shop = try await Self.shop()
        let report = try await Self.run(rows: "1,\(Self.good)\n1,\(Self.good)\n", into: shop)
        #expect((report.created, report.unchanged) == (1, 1))
        #expect(try await Self.total("product", shop) == 1)
    }

    @Test func `strict stores nothing of a file with a bad row`() async throws {
        let shop = try await Self.shop()
        let report = try await Self.run(rows: "1,\(Self.good)\n,\(Self.good)\n", into: shop) { $0.isStrict = true }
        #expect(report.created == 0)
        #expect(report.faults.count == 1)
        #expect(try await Self.total("product", shop) == 0)
    }

    @Test func `a dry run says what would be and stores nothing`() async throws {
        let shop = try await Self.shop()
        let report = try await Self.run(rows: "1,\(Self.good)\n,\(Self.good)\n", into: shop) { $0.isDryRun = true }
        #expect(report.created == 1)
        #expect(report.faults.count == 1)
        for path in ["product", "category", "brand", "stock-entry"] {
            #expect(try await Self.total(path, shop) == 0, "\(path)")
        }
        #expect(try await shop.events().filter { !$0["type"].text.hasPrefix("token") } == [])
    }

    @Test func `a file with another header is refused`() async throws {
        let shop = try await Self.shop()
        for text in ["", "id,name\n1,Shirt\n"] {
            await #expect(throws: CSVReader.Failure.self) { try await Self.run(Array(text.utf8), into: shop) }
        }
    }

    @Test func `the electronics tree has its 4,584 categories in six levels, once`() async throws {
        let shop = try await Self.shop()
        let packed = try ButikFiles.seed("bestbuy-categories.json.gz")
        let json = try JSONParser.parse(try #require(Gzip.decompress(packed, atMost: 64 * 1_048_576)))
        let clock = shop.server.clock
        let tenant = try await shop.tenant
        let first = try await CategoryImport.run(json, into: shop.server.storage, tenant: tenant, now: { clock.now })
        #expect(first.created == 4584)
        let tree = try await shop.get("category/tree").json
        #expect(Self.depth(tree) == 6)
        #expect(try await Self.total("category", shop) == 4584)
        let again = try await CategoryImport.run(json, into: shop.server.storage, tenant: tenant, now: { clock.now })
        #expect((again.created, again.unchanged) == (0, 4584))
        #expect(try await Self.total("category", shop) == 4584)
    }
}
