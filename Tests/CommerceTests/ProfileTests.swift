import Basics
import Resources
import Support
import Testing

/// Profiles say what products of a kind can say of themselves, and products say it.
@Suite struct ProfileTests {
    /// A shop with the profile "Shoe": a list, a colour, a text, a number and a yes or no.
    private struct Shoes {
        let shop: TestShop
        let profile: JSON
        private(set) var attributes: [String: JSON] = [:]
        private(set) var values: [String: JSON] = [:]

        static func open() async throws -> Shoes {
            let shop = try await TestShop.open()
            var shoes = Shoes(shop: shop, profile: try await shop.post("profile", ["name": "Shoe"]).json["profile_id"])
            for (name, type) in [
                ("Size", "valuelist"), ("Colour", "color"), ("Material", "text"), ("Heel", "number"),
                ("Vegan", "boolean"),
            ] {
                let body: JSON = ["name": .string(name), "profile_id": shoes.profile, "data_type": .string(type)]
                shoes.attributes[name] = try await shop.post("profile-attribute", body).json["attribute_id"]
            }
            for (attribute, val) in [("Size", "41"), ("Size", "42"), ("Colour", "Red")] {
                let body: JSON = ["attribute_id": shoes.id(attribute), "val": .string(val)]
                shoes.values[val] = try await shop.post("profile-attribute-value", body).json["attribute_value_id"]
            }
            return shoes
        }

        func id(_ attribute: String) -> JSON { attributes[attribute] ?? .null }
        func value(_ val: String) -> JSON { values[val] ?? .null }

        func product(_ attributes: JSON, headers: [String: String] = [:]) async throws -> Reply {
            try await shop.post(
                "product", ["name": "Shoe", "profile_id": profile, "attributes": attributes], headers: headers)
        }
    }

    private static let strict = ["Prefer": "handling=strict"]

    @Test func `a profile shows its attributes and an attribute its values, by weight`() async throws {
        let shoes = try await Shoes.open()
        let shop = shoes.shop
        try await shop.put("profile-attribute/\(shoes.id("Vegan").integer)", ["weight": -1])
        let profile = try await shop.get("profile/\(shoes.profile.integer)").json
        #expect(
            profile["attributes"].elements.map { $0["name"].text } == ["Vegan", "Size", "Colour", "Material", "Heel"])
        try await shop.put("profile-attribute-value/\(shoes.value("42").integer)", ["weight": -1])
        let size = try await shop.get("profile-attribute/\(shoes.id("Size").integer)").json
        #expect(size["values"].elements.map { $0["val"].text } == ["42", "41"])
        #expect(try await shop.get("profile-attribute/\(shoes.id("Heel").integer)").json["values"].elements.isEmpty)
    }

    @Test func `a product's attributes come back with readable names`() async throws {
        let shoes = try await Shoes.open()
        let reply = try await shoes.product([
            ["attribute_id": shoes.id("Size"), "value": shoes.value("42")],
            ["attribute_id": shoes.id("Colour"), "val": "Red"],
            ["attribute_id": shoes.id("Material"), "value": "Leather"],
            ["attribute_id": shoes.id("Heel"), "value": "2.50"],
            ["attribute_id": shoes.id("Vegan"), "value": false],
        ])
        let wanted: JSON = [
            ["attribute_id": shoes.id("Size"), "value": shoes.value("42"), "name": "Size", "val": "42"],
            ["attribute_id": shoes.id("Colour"), "value": shoes.value("Red"), "name": "Colour", "val": "Red"],
            ["attribute_id": shoes.id("Material"), "value": "Leather", "name": "Material", "val": "Leather"],
            [
                "attribute_id": shoes.id("Heel"), "value": .number(JSONNumber(text: "2.5")), "name": "Heel",
                "val": "2.5",
            ],
            ["attribute_id": shoes.id("Vegan"), "value": 0, "name": "Vegan", "val": "0"],
        ]
        #expect(reply.json["attributes"] == wanted)
        let id = reply.json["product_id"].integer
        #expect(try await shoes.shop.get("product/\(id)").body == reply.body)
        let events = try await shoes.shop.get("event?type=product.created").json["events"]
        #expect(events[0]["data"] == reply.json)
    }

    @Test func `what was read can be written back and changes nothing`() async throws {
        let shoes = try await Shoes.open()
        let made = try await shoes.product([
            ["attribute_id": shoes.id("Size"), "value": [shoes.value("41"), shoes.value("42")]],
            ["attribute_id": shoes.id("Material"), "value": "Leather"],
        ])
        #expect(made.json["attributes"].elements.map { $0["val"].text } == ["41", "42", "Leather"])
        let one = "product/\(made.json["product_id"].integer)"
        #expect(try await shoes.shop.put(one, ["attributes": made.json["attributes"]]).body == made.body)
        #expect(try await shoes.shop.get("event?type=product.updated").json["paging"]["total"] == 0)
    }

    @Test func `attributes in a body replace those before, and are left alone where it is silent`() async throws {
        let shoes = try await Shoes.open()
        let made = try await shoes.product([["attribute_id": shoes.id("Material"), "value": "Leather"]])
        let one = "product/\(made.json["product_id"].integer)"
        let renamed = try await shoes.shop.put(one, ["name": "Boot"])
        #expect(renamed.json["attributes"] == made.json["attributes"])
        let changed = try await shoes.shop.put(one, ["attributes": [["attribute_id": shoes.id("Heel"), "value": 3]]])
        #expect(changed.json["attributes"].elements.map { $0["val"].text } == ["3"])
        #expect(try await shoes.shop.get(one).json["attributes"] == changed.json["attributes"])
        for empty in [[], .null] as [JSON] {
            #expect(try await shoes.shop.put(one, ["attributes": empty]).json["attributes"] == [])
        }
        let events = try await shoes.shop.get("event?type=product.updated&limit=100").json["events"]
        #expect(events.elements.count == 3)
        #expect(events.elements.last?["data"] == (try await shoes.shop.get(one).json))
    }

    @Test func `a product that changes its profile keeps nothing of the old one`() async throws {
        let shoes = try await Shoes.open()
        let made = try await shoes.product([["attribute_id": shoes.id("Material"), "value": "Leather"]])
        let one = "product/\(made.json["product_id"].integer)"
        let other = try await shoes.shop.post("profile", ["name": "Bag"]).json["profile_id"]
        #expect(try await shoes.shop.put(one, ["profile_id": other]).json["attributes"] == [])
    }

    @Test func `a value the attribute cannot have is named, all of them at once`() async throws {
        let shoes = try await Shoes.open()
        let reply = try await shoes.product([
            ["attribute_id": shoes.id("Size"), "value": shoes.value("Red")],
            ["attribute_id": shoes.id("Size"), "val": "43"],
            ["attribute_id": shoes.id("Heel"), "value": "high"],
            ["attribute_id": shoes.id("Vegan"), "value": 2],
        ])
        #expect(reply.status == 422)
        let pointers = ["/attributes/0/value", "/attributes/1/val", "/attributes/2/value", "/attributes/3/value"]
        #expect(reply.pointers == pointers)
        #expect(reply.json["errors"][1]["message"].text.contains("(41)"))
        #expect(try await shoes.shop.get("product").json["paging"]["total"] == 0)
    }

    @Test func `an unknown profile or attribute is passed over, and refused when strict`() async throws {
        let shoes = try await Shoes.open()
        let unknown: JSON = [["attribute_id": 999_999, "value": 1]]
        let loose = try await shoes.product(unknown)
        #expect(loose.status == 200)
        #expect(loose.json["attributes"] == [])
        let strict = try await shoes.product(unknown, headers: Self.strict)
        #expect(strict.pointers == ["/attributes/0/attribute_id"])
        let body: JSON = ["name": "Shoe", "profile_id": 999_999]
        #expect(try await shoes.shop.post("product", body).json["profile_id"] == 0)
        #expect(try await shoes.shop.post("product", body, headers: Self.strict).pointers == ["/profile_id"])
    }

    @Test func `a list that says nothing of the profile takes nothing from the product`() async throws {
        let wardrobe = try await Wardrobe.open()
        let shop = wardrobe.shop
        let text = try await shop.post(
            "profile-attribute", ["name": "Cut", "profile_id": wardrobe.profile, "data_type": "text"]
        ).json["attribute_id"]
        let said: JSON = [["attribute_id": text, "value": "slim"]]
        let made = try await shop.post(
            "product", ["name": "Shirt", "profile_id": wardrobe.profile, "attributes": said])
        let one = "product/\(made.json["product_id"].integer)"
        let foreign: JSON = ["attributes": [["attribute_id": 999_999, "value": 5]]]
        #expect(try await shop.put(one, foreign).json["attributes"].elements.map { $0["val"] } == ["slim"])
        #expect(try await shop.put(one, foreign, headers: ["Prefer": "handling=strict"]).status == 422)
        #expect(try await shop.put(one, ["attributes": []]).json["attributes"] == [])
        #expect(try await shop.put(one, ["attributes": "", "images": "", "stock_settings": ""]).status == 200)
    }

    @Test func `a profile shows the values of its attributes in lists and alone`() async throws {
        let wardrobe = try await Wardrobe.open(colours: ["Red"])
        let id = wardrobe.profile.integer
        for attributes in [
            try await wardrobe.shop.get("profile/\(id)").json["attributes"],
            try await wardrobe.shop.get("profile").json["profiles"][0]["attributes"],
            try await wardrobe.shop.put("profile/\(id)", ["tag": "wear"]).json["attributes"],
        ] {
            let values = attributes.elements.map { $0["values"].elements.map { $0["val"].text }.sorted() }
            #expect(values == [["L", "M", "S"], ["Red"]])
        }
    }

    @Test func `another shop's attribute is unknown`() async throws {
        let shoes = try await Shoes.open()
        let other = try await Shoes.open()
        let stolen: JSON = [["attribute_id": other.id("Material"), "value": "Leather"]]
        #expect(try await shoes.product(stolen).json["attributes"] == [])
    }

    @Test func `a renamed value is renamed on every product, and a deleted one leaves them`() async throws {
        let shoes = try await Shoes.open()
        let made = try await shoes.product([["attribute_id": shoes.id("Size"), "value": shoes.value("42")]])
        let one = "product/\(made.json["product_id"].integer)"
        let value = "profile-attribute-value/\(shoes.value("42").integer)"
        try await shoes.shop.put(value, ["val": "42 EU"])
        #expect(try await shoes.shop.get(one).json["attributes"][0]["val"] == "42 EU")
        #expect(try await shoes.shop.get("product").json["products"][0]["attributes"][0]["val"] == "42 EU")
        try await shoes.shop.delete(value)
        #expect(try await shoes.shop.get(one).json["attributes"] == [])
    }

    @Test func `a list has each word once`() async throws {
        let shoes = try await Shoes.open()
        let again: JSON = ["attribute_id": shoes.id("Size"), "val": "42"]
        let reply = try await shoes.shop.post("profile-attribute-value", again)
        #expect(reply.status == 409)
        #expect(reply.pointers == ["/val"])
        let elsewhere: JSON = ["attribute_id": shoes.id("Colour"), "val": "42"]
        #expect(try await shoes.shop.post("profile-attribute-value", elsewhere).status == 200)
    }

    @Test func `only lists have values, and only lists make variants`() async throws {
        let shoes = try await Shoes.open()
        let value: JSON = ["attribute_id": shoes.id("Material"), "val": "Leather"]
        #expect(try await shoes.shop.post("profile-attribute-value", value).pointers == ["/attribute_id"])
        let heel = try await shoes.shop.put("profile-attribute/\(shoes.id("Heel").integer)", ["is_variant": 1])
        #expect(heel.pointers == ["/is_variant"])
    }

    @Test func `shoppers choose by two attributes at most, even when three are set at once`() async throws {
        let shoes = try await Shoes.open()
        let shop = shoes.shop
        let results = try await together(6) { number in
            let body: JSON = [
                "name": .string("Choice \(number)"), "profile_id": shoes.profile, "is_variant": 1,
            ]
            return try await shop.post("profile-attribute", body).status
        }
        #expect(results.filter { $0 == 200 }.count == 2)
        #expect(results.filter { $0 == 422 }.count == 4)
    }

    @Test func `a profile that products have cannot be deleted, and takes its attributes along`() async throws {
        let shoes = try await Shoes.open()
        let made = try await shoes.product([])
        let profile = "profile/\(shoes.profile.integer)"
        #expect(try await shoes.shop.delete(profile).json["code"] == "in_use")
        try await shoes.shop.delete("product/\(made.json["product_id"].integer)")
        #expect(try await shoes.shop.delete(profile).status == 200)
        #expect(try await shoes.shop.get("profile-attribute/\(shoes.id("Size").integer)").status == 410)
        #expect(try await shoes.shop.get("profile-attribute-value/\(shoes.value("42").integer)").status == 410)
    }

    @Test func `a colour is written as CSS writes it`() async throws {
        let shoes = try await Shoes.open()
        let red = "profile-attribute-value/\(shoes.value("Red").integer)"
        #expect(try await shoes.shop.put(red, ["color": "#FF0000"]).json["color"] == "#ff0000")
        for wrong in ["red", "#ff00", "#ff00zz", "ff0000f"] {
            #expect(try await shoes.shop.put(red, ["color": .string(wrong)]).pointers == ["/color"])
        }
        #expect(try await shoes.shop.put(red, ["color": ""]).json["color"] == .null)
    }

    // MARK: Labels

    @Test func `a product wears labels by id, by object or by name`() async throws {
        let shop = try await TestShop.open()
        let new = try await shop.post("product-label", ["name": "New"]).json["product_label_id"]
        let organic = try await shop.post("product-label", ["name": "Organic"]).json["product_label_id"]
        let wanted: JSON = [
            ["product_label_id": organic, "name": "Organic"], ["product_label_id": new, "name": "New"],
        ]
        let made = try await shop.post("product", ["name": "Shirt", "product_labels": ["Organic", new]])
        #expect(made.json["product_labels"] == wanted)
        let one = "product/\(made.json["product_id"].integer)"
        #expect(try await shop.put(one, ["product_labels": wanted]).body == made.body)
        #expect(try await shop.put(one, ["product_labels": [["name": "New"]]]).json["product_labels"] == [wanted[1]])
        try await shop.delete("product-label/\(new.integer)")
        #expect(try await shop.get(one).json["product_labels"] == [])
        let refused = try await shop.put(one, ["product_labels": ["Organic", "Old", 999_999]])
        #expect(refused.pointers == ["/product_labels/1", "/product_labels/2"])
    }

    @Test func `a list of products with parts takes one query for each kind of part`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await shop.post("product-label", ["name": "New"])
        for number in 1...5 {
            try await shop.post("product", ["name": .string("Plain \(number)")])
        }
        try await shop.get("product?limit=20")
        let before = server.storage.statements
        try await shop.get("product?limit=20")
        let plain = server.storage.statements - before
        for number in 1...5 {
            try await shop.post("product", ["name": .string("Labelled \(number)"), "product_labels": ["New"]])
        }
        try await shop.get("product?limit=20")
        let between = server.storage.statements
        try await shop.get("product?limit=20")
        #expect(server.storage.statements - between == plain + 1)
        await server.stop()
    }
}
