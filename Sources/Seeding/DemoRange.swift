import Basics
import Commerce
import Persistence
import Resources

/// What the imported catalogue of the demo has none of: clothes in sizes and colours, a bundle, labels, tier prices, pages
/// that gather products by rules, and an old address that still leads on.
struct DemoRange {
    private let tx: Transaction
    private static let sizes = ["S", "M", "L", "XL"]
    private static let colours: [(name: String, colour: String?)] = [
        ("Black", "#1a1a1a"), ("Sand", "#d8c7a3"), ("Forest", "#2f5d3a"),
    ]

    init(_ tx: Transaction) {
        self.tx = tx
    }

    func add() throws {
        let profile = try make(Profile.self, ["name": "Clothing", "tag": "clothing"])
        let size = try attribute("Size", of: profile, isVariant: true, Self.sizes.map { ($0, nil) })
        let colour = try attribute("Colour", of: profile, isVariant: true, Self.colours)
        let material = try attribute(
            "Material", of: profile, isVariant: false, ["Cotton", "Wool", "Linen"].map { ($0, nil) })
        for label in ["New", "Organic"] { _ = try make(ProductLabel.self, ["name": .string(label)]) }
        let category = try make(Category.self, ["name": "Basics"])
        let brand = try make(Brand.self, ["name": "Nordlys"])
        let makers = try manufacturers()

        let clothes: [(name: String, number: String, price: Int64, material: Int)] = [
            ("Organic T-shirt", "NL-TEE", 199, 0), ("Heavy hoodie", "NL-HOOD", 499, 0),
            ("Merino sweater", "NL-MERINO", 799, 1),
            ("Linen shirt", "NL-LINEN", 549, 2),
        ]
        let products = try clothes.enumerated().map { place, item in
            var body = JSONObject([
                .init("name", .string(item.name)), .init("own_id", .string(item.number)),
                .init("price", number(item.price)),
                .init("profile_id", number(profile)), .init("brand_id", number(brand)),
                .init("manufacturer_id", number(makers[place % makers.count])),
                .init("main_category_id", number(category)), .init("categories", [number(category)]),
                .init(
                    "attributes",
                    [["attribute_id": number(material.id), "value": number(material.values[item.material])]]),
                .init("product_labels", place == 0 ? ["New", "Organic"] : ["New"]),
                .init("stock_settings", .array(variants(of: item.number, size, colour))),
            ])
            if place == 0 {
                body.append("discount_intervals", [["from": 3, "price": 179], ["from": 10, "price": 149]])
            }
            if place == 1 { body.append("sale_price", 399) }
            return try make(Product.self, .object(body))
        }
        try count(products)
        try gather(products, brand: brand, category: category)
    }

    /// Who made the clothes: one in the EU, and one outside of it with a responsible person inside.
    private func manufacturers() throws -> [Int64] {
        let makers: [JSON] = [
            [
                "name": "Nordlys Tekstil ApS", "own_id": "M-NORDLYS", "address": "Havnegade 12", "zipcode": "8000",
                "city": "Aarhus C", "country_id": number(Country.denmark), "email": "safety@nordlys.example",
                "link_to": "https://nordlys.example",
            ],
            [
                "name": "Anatolia Knitwear", "own_id": "M-ANATOLIA", "address": "Organize Sanayi Bölgesi 4",
                "zipcode": "16140", "city": "Bursa", "country_id": number(try country("TR")),
                "email": "quality@anatolia.example", "responsible_name": "Nordlys Tekstil ApS",
                "responsible_address": "Havnegade 12, 8000 Aarhus C",
                "responsible_country_id": number(Country.denmark), "responsible_email": "safety@nordlys.example",
            ],
        ]
        return try makers.map { try make(Manufacturer.self, $0) }
    }

    private func country(_ iso: String) throws -> Int64 {
        try tx.db.row("SELECT country_id FROM countries WHERE iso = \(iso)").map { try $0["country_id"] } ?? 0
    }

    /// A bundle of two of them, pages that show them, and where an old link leads.
    private func gather(_ products: [Int64], brand: Int64, category: Int64) throws {
        let socks = try make(
            Product.self,
            [
                "name": "Wool socks", "own_id": "NL-SOCKS", "price": 89, "brand_id": number(brand),
                "categories": [number(category)],
            ])
        let cap = try make(
            Product.self,
            [
                "name": "Wool cap", "own_id": "NL-CAP", "price": 149, "brand_id": number(brand),
                "categories": [number(category)],
            ])
        try StockLedger.post([socks, cap].map { .init(StockUnit($0), by: 120, .import) }, in: tx)
        _ = try make(
            Product.self,
            [
                "name": "Winter pack", "own_id": "NL-WINTER", "price": 279, "brand_id": number(brand),
                "bundle": [["product_id": number(socks), "count": 2], ["product_id": number(cap), "count": 1]],
                "related": .array(products.map(number)),
            ])
        _ = try make(
            LandingPage.self,
            [
                "name": "Nordlys", "rule": ["brands": [number(brand)]], "sort_order": "name",
                "description_a": "<p>All of Nordlys.</p>",
            ])
        _ = try make(LandingPage.self, ["name": "Sale", "rule": ["on_sale": 1], "sort_order": "price"])
        _ = try make(Redirect.self, ["from": "old-basics", "to": "basics"])
    }

    /// Every size in every colour.
    private func variants(of ownID: String, _ size: Attribute, _ colour: Attribute) -> [JSON] {
        zip(Self.sizes, size.values).flatMap { sizeName, sizeID in
            zip(Self.colours, colour.values).map { colourName, colourID in
                [
                    "attribute_id": number(size.id), "attribute_value_id": number(sizeID),
                    "attribute_id_2": number(colour.id), "attribute_value_id_2": number(colourID),
                    "own_id": .string("\(ownID)-\(sizeName)-\(colourName.name.uppercased())"),
                ]
            }
        }
    }

    /// Puts some of every variant on the shelf; some are sold out.
    private func count(_ products: [Int64]) throws {
        let levels = try StockLedger.take(of: Set(products), in: tx)
        let moves = levels.enumerated().filter { $0.offset % 7 != 6 }.map { place, level in
            StockLedger.Move(level.unit, by: Int64(5 + place * 11 % 30), .import)
        }
        try StockLedger.post(moves, in: tx)
    }

    private struct Attribute {
        let id: Int64
        let values: [Int64]
    }

    private func attribute(
        _ name: String, of profile: Int64, isVariant: Bool, _ values: [(name: String, colour: String?)]
    ) throws -> Attribute {
        let isColour = values.contains { $0.colour != nil }
        let id = try make(
            ProfileAttribute.self,
            [
                "profile_id": number(profile), "name": .string(name), "is_variant": isVariant ? 1 : 0,
                "data_type": isColour ? "color" : "valuelist",
            ])
        let ids = try values.enumerated().map { place, value in
            try make(
                ProfileAttributeValue.self,
                [
                    "attribute_id": number(id), "val": .string(value.name),
                    "color": value.colour.map { .string($0) } ?? .null, "weight": number(Int64(place)),
                ])
        }
        return Attribute(id: id, values: ids)
    }

    /// Makes a row as a client would, by its body.
    private func make<R: Resource>(_: R.Type, _ body: JSON) throws -> Int64 {
        try tx.make(R.self, body)
    }

    private func number(_ value: Int64) -> JSON { .number(JSONNumber(value)) }
}
