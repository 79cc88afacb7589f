import Basics
import Resources
import Support
import Testing

/// Where the shop buys its products, and who answers for their safety.
@Suite struct SourcingTests {
    @Test func `a product is bought from several suppliers, in their currencies and under their numbers`() async throws
    {
        let shop = try await TestShop.open()
        let product = try await shop.product("Screw")
        let near = try await shop.post("supplier", ["name": "Near"]).json["supplier_id"]
        let far = try await shop.post(
            "supplier", ["name": "Far", "currency": "usd", "delivery_days": 40, "customer_number": "B-7"]
        ).json
        #expect(far["currency"] == "USD")
        func offer(_ body: JSON) async throws -> JSON {
            guard case .object(let object) = body else { return .null }
            let reply = try await shop.post(
                "product-supplier", .object(JSONObject([.init("product_id", .number(product))] + object.members)))
            #expect(reply.status == 200, "\(reply.text)")
            return reply.json
        }
        let plain = try await offer(["supplier_id": near])
        #expect(plain["currency"] == "DKK")
        #expect(plain["min_order"] == 1)
        #expect(plain["purchase_price"].isNull && plain["delivery_days"].isNull)
        let bulk = try await offer([
            "supplier_id": far["supplier_id"], "purchase_price": "0.0125", "min_order": 10_000,
            "supplier_own_id": "SCR-4",
        ])
        #expect(bulk["currency"] == "USD")
        #expect(bulk["purchase_price"].digits == "0.0125")
        let found = try await shop.get(
            "product-supplier?product_id=\(product)&supplier_own_id=SCR-4&expand=supplier,product"
        ).json
        #expect(found["product_suppliers"][0]["supplier"]["name"] == "Far")
        #expect(found["product_suppliers"][0]["product"]["name"] == "Screw")
        for body in [["currency": "EURO"], ["currency": "E1R"], ["min_order": 0], ["purchase_price": "0.00001"]]
            as [JSON]
        {
            let id = bulk["product_supplier_id"].integer
            #expect(try await shop.put("product-supplier/\(id)", body).pointers == ["/\(body.names[0])"])
        }
        try await shop.delete("supplier/\(far["supplier_id"].integer)")
        let left = try await shop.get("product-supplier?product_id=\(product)").json["product_suppliers"]
        #expect(left == [plain])
        try await shop.delete("product/\(product)")
        #expect(try await shop.get("product-supplier/\(plain["product_supplier_id"].integer)").status == 410)
        #expect(try await shop.get("event?type=product-supplier.deleted").json["events"].elements.count == 2)
    }

    @Test func `an offer shows who made it and what is missing`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(
            "Toy", JSONObject([.init("own_id", "TOY-1"), .init("gtin", "5701234567899")]))
        func safety() async throws -> JSON { try await shop.get("product/own_id:TOY-1/safety").json }
        let bare = try await safety()
        #expect(bare["gtin"] == "5701234567899")
        #expect(bare["manufacturer"].isNull && bare["warnings"] == "")
        #expect(bare["missing"] == ["manufacturer"])

        let maker = try await shop.post("manufacturer", ["name": "Far East Toys"]).json["manufacturer_id"]
        try await shop.put("product/\(product)", ["manufacturer_id": maker])
        #expect(
            try await safety()["missing"] == [
                "manufacturer.address", "manufacturer.electronic_address", "manufacturer.country", "responsible_person",
            ])
        let china = try await shop.get("country?iso=CN").json["countries"][0]["country_id"]
        let address: JSON = [
            "address": "1 Road", "zipcode": "200000", "city": "Shanghai", "country_id": china,
            "link_to": "https://toys.example", "responsible_name": "EU Rep",
        ]
        try await shop.put("manufacturer/\(maker.integer)", address)
        let foreign = try await safety()
        #expect(
            foreign["manufacturer"] == [
                "name": "Far East Toys", "address": "1 Road, 200000 Shanghai", "country": "China",
                "electronic_address": "https://toys.example",
            ])
        #expect(foreign["missing"] == ["responsible_person.address", "responsible_person.electronic_address"])

        let profile = try await shop.post(
            "safety-profile",
            [
                "name": "Small parts", "warnings": "<p>Not under 3 years</p>", "documents": "<p>Keep this.</p>",
                "responsible_name": "Nordic Rep", "responsible_address": "Gade 1, 1000 København",
                "responsible_country_id": 45, "responsible_email": "rep@example.com",
            ]
        ).json["safety_profile_id"]
        try await shop.put("product/\(product)", ["safety_profile_id": profile])
        let whole = try await safety()
        #expect(whole["responsible_person"]["name"] == "Nordic Rep")
        #expect(whole["responsible_person"]["country"] == "Denmark")
        #expect(whole["warnings"] == "<p>Not under 3 years</p>" && whole["documents"] == "<p>Keep this.</p>")
        #expect(whole["missing"] == [])
        let expanded = try await shop.get("product/\(product)?expand=safety_profile").json["safety_profile"]
        #expect(expanded["name"] == "Small parts")
    }

    @Test func `a maker in the EU needs nobody else, and a profile can name the maker`() async throws {
        let shop = try await TestShop.open()
        let maker = try await shop.post(
            "manufacturer",
            ["name": "Dansk Toj", "address": "Vej 2", "city": "Odense", "country_id": 45, "email": "hej@example.com"]
        ).json["manufacturer_id"]
        let profile = try await shop.post("safety-profile", ["name": "Wear", "manufacturer_id": maker]).json
        let product = try await shop.product(
            "Shirt", JSONObject([.init("safety_profile_id", profile["safety_profile_id"])]))
        let safety = try await shop.get("product/\(product)/safety").json
        #expect(safety["manufacturer"]["name"] == "Dansk Toj")
        #expect(safety["responsible_person"].isNull)
        #expect(safety["missing"] == [])
        try await shop.delete("product/\(product)")
        #expect(try await shop.get("product/\(product)/safety").status == 410)
    }

    @Test func `the responsible person is in the EU`() async throws {
        let shop = try await TestShop.open()
        let norway = try await shop.get("country?iso=NO").json["countries"][0]["country_id"]
        for path in ["manufacturer", "safety-profile"] {
            let reply = try await shop.post(path, ["name": "X", "responsible_country_id": norway])
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/responsible_country_id"])
            #expect(try await shop.post(path, ["name": "X", "responsible_country_id": 45]).status == 200)
        }
        #expect(
            try await shop.post("product", ["name": "X", "safety_profile_id": 9_999_999]).pointers == [
                "/safety_profile_id"
            ])
    }
}
