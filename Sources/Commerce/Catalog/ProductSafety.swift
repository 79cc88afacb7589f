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
            if row.integer(1) != nil { throw Problem.gone("product") }
            return .json(answer(row))
        })

    private static func query(_ address: RowAddress, _ tenant: Tenant) -> SQL {
        """
        SELECT p.product_id, p.removed_on, p.name, p.own_id, p.gtin, p.mpn, p.country_of_origin,
            coalesce(s.warnings, ''), coalesce(s.documents, ''),
            m.name, m.address, m.zipcode, m.city, mc.name, m.email, m.link_to, mc.is_eu,
            s.responsible_name, s.responsible_address, sc.name, s.responsible_email,
            m.responsible_name, m.responsible_address, rc.name, m.responsible_email
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

    /// Somebody who can be written to.
    private struct Person {
        let name: String
        let address: String
        let country: String?
        let electronic: String

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

    private static func answer(_ row: Row) -> JSON {
        func text(_ column: Int) -> String { row.text(column) ?? "" }
        func optional(_ column: Int) -> JSON { row.text(column).map { .string($0) } ?? .null }
        var manufacturer: Person?
        if row.text(9) != nil {
            let city = [text(11), text(12)].filter { !$0.isEmpty }.joined(separator: " ")
            let address = [text(10), city].filter { !$0.isEmpty }.joined(separator: ", ")
            manufacturer = Person(
                name: text(9), address: address, country: row.text(13),
                electronic: text(14).isEmpty ? text(15) : text(14))
        }
        // The profile's person goes before the manufacturer's: it is about these products.
        let first = text(17).isEmpty ? 21 : 17
        let responsible =
            text(first).isEmpty
            ? nil
            : Person(
                name: text(first), address: text(first + 1), country: row.text(first + 2), electronic: text(first + 3))
        var missing = manufacturer?.missing(in: "manufacturer") ?? ["manufacturer"]
        if manufacturer != nil, row.text(13) == nil { missing.append("manufacturer.country") }
        // Where nobody says that the manufacturer is in the Union, somebody there must answer for the product.
        if manufacturer != nil, !row.flag(16) {
            missing += responsible?.missing(in: "responsible_person") ?? ["responsible_person"]
        }
        return [
            "product_id": .number(JSONNumber(row.integer(0) ?? 0)), "name": .string(text(2)),
            "own_id": .string(text(3)),
            "gtin": optional(4), "mpn": optional(5), "country_of_origin": optional(6),
            "manufacturer": manufacturer?.json ?? .null, "responsible_person": responsible?.json ?? .null,
            "warnings": .string(text(7)), "documents": .string(text(8)),
            "missing": .array(missing.map { .string($0) }),
        ]
    }
}
