import Basics
import Resources

/// What the OpenAPI document says of search.
enum SearchDocumentation {
    static let search: Documentation = {
        let text: JSON = ["type": "string"]
        let flag: JSON = ["type": "string", "enum": ["0", "1"]]
        return Documentation(
            tag: "product",
            query: [
                .init(
                    "q", text,
                    """
                    Words that must all be there, in any field; the last may be unfinished. Found by name, numbers, search \
                    words, brand, categories, labels, attributes and descriptions. Without it the choices alone decide. \
                    Every word counts, however many; typing errors are looked for in up to \(SearchText.correctedWordsMax). A search takes \
                    at most \(SearchQuery.parametersMax) parameters.
                    """),
                .init(
                    "brand_id", text,
                    "At most \(SearchQuery.idsMax) ids with commas between them; several choices of one facet add up."),
                .init("category_id", text, "The same; with all categories below them."),
                .init("product_label_id", text, "The same."),
                .init(
                    "attribute[ID]", text,
                    """
                    For the attribute with that id: ids of values, or values where the attribute has no list; a text is \
                    compared by its words, whatever their case. Choices of several attributes may be met by different \
                    variants of a product. At most \(SearchQuery.idsMax) values.
                    """),
                .init(
                    "price", text,
                    """
                    What one unit costs now, of a product with variants the cheapest of them; also with [gte, gt, lte, lt].
                    """),
                .init("in_stock", flag, "Whether there is any in stock."),
                .init("is_online", flag, "Filter."),
                .init("no_internal_search", flag, "Filter."),
                .init("visible", flag, "`1`: what shoppers see, which is `is_online=1&no_internal_search=0`."),
                .init(
                    "facets", text,
                    "What to count, with commas: brand, category, attribute, label, price, in_stock; `*` is all."),
                .init("facet_limit", ["type": "integer", "default": 50, "maximum": 1000], "Values of each facet."),
                .init(
                    "sort", text,
                    """
                    One of relevance, price, name, created, weight, product_id; `-` for descending. Without it relevance: \
                    a number that is the whole of `q`, then the name's very words, the name, headings, anywhere; without \
                    `q` the weight.
                    """),
                .init("limit", ["type": "integer", "default": 5, "maximum": 1000], "Rows per page."),
                .init("offset", ["type": "integer", "default": 0], "Rows to pass over."),
                .init("after", text, "Cursor from `paging.next`."),
                .init("fields", text, "Members to show, comma separated."),
                .init("expand", text, "Objects to inline."),
            ],
            answer: [
                "type": "object", "required": ["paging", "corrected_query", "facets", "products"],
                "additionalProperties": false,
                "properties": [
                    "paging": ["$ref": "#/components/schemas/Paging"],
                    "corrected_query": [
                        "type": ["string", "null"],
                        "description": """
                        What was looked for instead, where `q` itself finds nothing: the same text with each unknown word \
                        replaced by the nearest known one. Searching for it finds the same.
                        """,
                    ],
                    "facets": facets,
                    "products": ["type": "array", "items": Product.info.schemaReference],
                ],
            ])
    }()

    private static let facets: JSON = [
        "type": "object", "additionalProperties": false,
        "description": """
        Those asked for, each with the values that some product has and those that were chosen. Counts of a facet are made \
        as if nothing had been chosen in it.
        """,
        "properties": [
            "brand": choices(), "label": choices(),
            "category": choices("parent_id", ["type": "integer"]),
            "attribute": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["attribute_id", "name", "data_type", "values"],
                    "properties": [
                        "attribute_id": ["type": "integer"], "name": ["type": "string"],
                        "data_type": ["type": "string"],
                        "values": choices("color", ["type": ["string", "null"]]),
                    ],
                ],
            ],
            "price": [
                "type": "object", "required": ["min", "max", "buckets"],
                "properties": [
                    "min": ["type": ["number", "null"]], "max": ["type": ["number", "null"]],
                    "buckets": [
                        "type": "array", "description": "From `from` on and below `to`.",
                        "items": [
                            "type": "object", "required": ["from", "to", "count"],
                            "properties": [
                                "from": ["type": "number"], "to": ["type": "number"], "count": ["type": "integer"],
                            ],
                        ],
                    ],
                ],
            ],
            "in_stock": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["value", "count"],
                    "properties": ["value": ["type": "integer"], "count": ["type": "integer"]],
                ],
            ],
        ],
    ]

    private static func choices(_ extra: String? = nil, _ schema: JSON = [:]) -> JSON {
        var properties = JSONObject([
            .init("value", ["type": "number"]), .init("name", ["type": "string"]),
            .init("count", ["type": "integer"]), .init("selected", ["type": "integer"]),
        ])
        if let extra { properties.append(extra, schema) }
        return [
            "type": "array",
            "items": [
                "type": "object", "required": ["value", "name", "count", "selected"], "additionalProperties": false,
                "properties": .object(properties),
            ],
        ]
    }

    static let suggest: Documentation = {
        func groups(_ key: String) -> JSON {
            [
                "type": "array",
                "items": [
                    "type": "object", "required": [.string(key), "name", "url", "count"],
                    "properties": .object(
                        JSONObject([
                            .init(key, ["type": "integer"]), .init("name", ["type": "string"]),
                            .init("url", ["type": "string"]), .init("count", ["type": "integer"]),
                        ])),
                ],
            ]
        }
        return Documentation(
            tag: "product",
            query: [
                .init(
                    "q", ["type": "string"], "What has been typed so far."),
                .init("limit", ["type": "integer", "default": 5, "maximum": 20], "Suggestions of each kind."),
            ],
            answer: [
                "type": "object", "required": ["corrected_query", "queries", "products", "brands", "categories"],
                "additionalProperties": false,
                "properties": [
                    "corrected_query": ["type": ["string", "null"]],
                    "queries": [
                        "type": "array", "items": ["type": "string"],
                        "description": "The text with its last word completed.",
                    ],
                    "products": ["type": "array", "items": Product.info.schemaReference],
                    "brands": groups("brand_id"), "categories": groups("category_id"),
                ],
            ])
    }()
}
