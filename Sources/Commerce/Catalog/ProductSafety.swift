import Basics
import Persistence
package import Resources

/// What an online offer of a product must show of its safety, put together from the product, its safety profile and its
/// manufacturer; see `SafetyProfile` for what the regulation wants. Pictures are the product's own `images`.
package enum ProductSafety {
    package static let endpoints = [show]

    private static let person: JSON = [
        "anyOf": [
            [
                "type": "object", "additionalProperties": false,
                "properties": [
                    "name": ["type": "string"], "address": ["type": "string"], "country": ["type": ["string", "null"]],
                    "electronic_address": ["type": "string", "description": "E-mail or web address."],
                ],
            ], ["type": "null"],
        ]
    ]

    private static let show = Endpoint(
        .get, "/REST/product/{product_id}/safety", .token(.read), "get_product_safety",
        "What an offer must show by article 19 of the General Product Safety Regulation, and what is missing.",
        Documentation(
            tag: "product",
            answer: [
                "type": "object", "additionalProperties": false,
                "required": ["product_id", "manufacturer", "responsible_person", "warnings", "documents", "missing"],
                "properties": [
                    "product_id": ["type": "integer"], "name": ["type": "string"], "own_id": ["type": "string"],
                    "gtin": ["type": ["string", "null"]], "mpn": ["type": ["string", "null"]],
                    "country_of_origin": ["type": ["string", "null"]], "manufacturer": person,
                    "responsible_person": person, "warnings": ["type": "string"], "documents": ["type": "string"],
                    "missing": [
                        "type": "array", "items": ["type": "string"],
                        "description": "Members that the regulation asks for and nobody has filled in.",
                    ],
                ],
            ]),
        .read { call, storage in
            try call.refuseUnknownParameters()
            let rows = try await storage.fetch(query(try call.address(of: Product.info), call.tenant))
            guard let row = rows.first else { throw Problem.notFound("product") }
            if let _: Int64 = try row["removed_on"] { throw Problem.gone("product") }
            return .json(try answer(row))
        })

    private static func query(_ address: RowAddress, _ tenant: Tenant) -> SQL {
        """
        SELECT p.product_id, p.removed_on, p.name, p.own_id, p.gtin, p.mpn, p.country_of_origin,
            coalesce(s.warnings, '') AS warnings, coalesce(s.documents, '') AS documents,
            m.name AS maker, m.address AS maker_address, m.zipcode AS maker_zipcode, m.city AS maker_city,
            mc.name AS maker_country, m.email AS maker_email, m.link_to AS maker_link, mc.is_eu AS maker_is_eu,
            s.responsible_name AS profile_person, s.responsible_address AS profile_person_address,
            sc.name AS profile_person_country, s.responsible_email AS profile_person_email,
            m.responsible_name AS maker_person, m.responsible_address AS maker_person_address,
            rc.name AS maker_person_country, m.responsible_email AS maker_person_email
        FROM (SELECT * FROM products WHERE webshop_id = \(tenant.webshopID) AND \(Product.info.isAt(address))) p
        LEFT JOIN safety_profiles s ON s.webshop_id = p.webshop_id AND s.safety_profile_id = p.safety_profile_id
            AND s.removed_on IS NULL
        LEFT JOIN manufacturers m ON m.webshop_id = p.webshop_id AND m.removed_on IS NULL
            AND m.manufacturer_id = coalesce(p.manufacturer_id, s.manufacturer_id)
        LEFT JOIN countries mc ON mc.country_id = m.country_id
        LEFT JOIN countries sc ON sc.country_id = s.responsible_country_id
        LEFT JOIN countries rc ON rc.country_id = m.responsible_country_id
        """
    }

    private static func answer(_ row: Row) throws -> JSON {
        func optional(_ column: StaticString) throws -> JSON {
            (try row[column] as String?).map { .string($0) } ?? .null
        }
        let manufacturer = try Person(manufacturerOf: row)
        let responsible = try Person(responsibleIn: row)
        var missing = manufacturer?.missing(in: "manufacturer") ?? ["manufacturer"]
        if let manufacturer, manufacturer.country == nil { missing.append("manufacturer.country") }
        // Where nobody says that the manufacturer is in the Union, somebody there must answer for the product.
        if manufacturer != nil, try row["maker_is_eu"] as Int64? != 1 {
            missing += responsible?.missing(in: "responsible_person") ?? ["responsible_person"]
        }
        return [
            "product_id": .number(JSONNumber(try row["product_id"] as Int64)), "name": .string(try row["name"]),
            "own_id": .string(try row["own_id"]), "gtin": try optional("gtin"), "mpn": try optional("mpn"),
            "country_of_origin": try optional("country_of_origin"),
            "manufacturer": manufacturer?.json ?? .null, "responsible_person": responsible?.json ?? .null,
            "warnings": .string(try row["warnings"]), "documents": .string(try row["documents"]),
            "missing": .array(missing.map { .string($0) }),
        ]
    }
}

/// Somebody who can be written to.
private struct Person {
    let name: String
    let address: String
    let country: String?
    let electronic: String

    /// The manufacturer; nil where none is named.
    init?(manufacturerOf row: Row) throws {
        guard let name: String = try row["maker"] else { return nil }
        func text(_ column: StaticString) throws -> String { try row[column] ?? "" }
        let city = [try text("maker_zipcode"), try text("maker_city")].filter { !$0.isEmpty }.joined(separator: " ")
        let email = try text("maker_email")
        self.name = name
        address = [try text("maker_address"), city].filter { !$0.isEmpty }.joined(separator: ", ")
        country = try row["maker_country"]
        electronic = email.isEmpty ? try text("maker_link") : email
    }

    /// Who answers for the product in the Union; nil where nobody does. The safety profile's person goes before the
    /// manufacturer's: it is about these products.
    init?(responsibleIn row: Row) throws {
        let isProfiles = try row["profile_person"] as String? ?? "" != ""
        guard let name: String = try row[isProfiles ? "profile_person" : "maker_person"], !name.isEmpty else {
            return nil
        }
        self.name = name
        address = try row[isProfiles ? "profile_person_address" : "maker_person_address"] ?? ""
        country = try row[isProfiles ? "profile_person_country" : "maker_person_country"]
        electronic = try row[isProfiles ? "profile_person_email" : "maker_person_email"] ?? ""
    }

    var json: JSON {
        [
            "name": .string(name), "address": .string(address), "country": country.map { .string($0) } ?? .null,
            "electronic_address": .string(electronic),
        ]
    }

    func missing(in member: String) -> [String] {
        [("name", name), ("address", address), ("electronic_address", electronic)]
            .filter { $0.1.isEmpty }.map { "\(member).\($0.0)" }
    }
}
