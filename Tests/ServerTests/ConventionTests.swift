import Resources
import Support
import Testing

/// CONTRACT 4: what holds for every resource, tried on a few.
@Suite struct ConventionTests {
    @Test func `a list has paging first, newest first, five by default`() async throws {
        let shop = try await TestShop.open()
        for number in 1...7 { _ = try await shop.product("Shirt \(number)") }
        let list = try await shop.get("product").json
        #expect(list.names == ["paging", "products"])
        #expect(list["paging"].names == ["offset", "limit", "count", "total"])
        #expect(list["paging"].serialized == #"{"offset":0,"limit":5,"count":5,"total":7}"#)
        #expect(list["products"].elements.map { $0["name"].text }.first == "Shirt 7")
    }
}
