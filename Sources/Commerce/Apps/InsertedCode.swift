import Basics
import Persistence
import Resources
import Templates

/// What the shop's apps insert into one of its pages (seed 002, "Add code").
enum InsertedCode {
    private struct Wish: Body {
        let page: AppCode.PageKind?
        let id: Int64?

        static let schema = BodySchema(
            Wish.init,
            Field("page", \.page, .about("What the page is about; without it, what stands on every page.")),
            Field("id", \.id, .about("Which product, category or landing page it is.")))
    }

    static let endpoint: Endpoint = {
        var endpoint = shown
        endpoint.isLong = true
        return endpoint
    }()

    private static let shown = Endpoint(
        .get, "/REST/app-code", .token(.read), "get_app_code",
        """
        What the apps of the shop insert into a page, at each of the four places, in the order they were installed. An app whose code \
        can't be shown inserts nothing and stands among `faults`.
        """,
        Documentation(tag: "app-install", answer: schema), asks: Wish.self
    ) { wish, call, storage in
        async let page = PageFacts.found(wish.page, wish.id, for: call.tenant, in: storage)
        let rows = try await storage.fetch(
            """
            SELECT \(raw: App.info.fields.map { "a.\($0.column)" }.joined(separator: ", ")), a.webshop_id AS owner,
            i.fields AS entered FROM app_installs i JOIN apps a ON a.app_id = i.app_id
            WHERE i.webshop_id = \(call.tenant.webshopID) AND i.removed_on IS NULL AND a.removed_on IS NULL
            ORDER BY i.app_install_id
            """)
        var shown = Shown()
        let facts = try await page
        for row in rows {
            let app = try App.schema.value(Array(row.values.prefix(App.info.fields.count)))
            guard let app = try app.asRun(in: call.tenant.webshopID, of: try row["owner"]) else { continue }
            try shown.add(app, facts.values(entered: try JSONText(row["entered"]).json), wish.page, call.tenant.zone)
        }
        return .json(shown.json)
    }

    /// The code of the apps so far.
    private struct Shown {
        private var places: [AppCode.Place: String] = [:]
        private var faults: [JSON] = []

        /// Adds what an app inserts: all of it, or nothing.
        mutating func add(_ app: App, _ values: JSONObject, _ page: AppCode.PageKind?, _ zone: Zone) throws {
            var added: [(AppCode.Place, String)] = []
            var budget = TemplateBudget()
            for code in try AppCode.kept(app.code) where code.stands(in: page) {
                do {
                    added.append((code.place, try Template(code.template).render(values, zone: zone, within: &budget)))
                } catch {
                    faults.append([
                        "app_id": .number(JSONNumber(app.id.rawValue)), "place": .string(code.place.rawValue),
                        "message": .string(Self.words(error)),
                    ])
                    return
                }
            }
            for (place, text) in added { places[place, default: ""] += text }
        }

        private static func words(_ error: any Error) -> String {
            switch error {
            case let fault as TemplateFault: fault.words
            case TemplateBudget.Exhausted.steps: "takes more steps than an app may"
            default: "shows more bytes than an app may"
            }
        }

        var json: JSON {
            var json = JSONObject(AppCode.Place.allCases.map { .init($0.rawValue, .string(places[$0] ?? "")) })
            json.append("faults", .array(faults))
            return .object(json)
        }
    }

    private static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "required": ["head_start", "head_end", "body_start", "body_end", "faults"],
        "properties": [
            "head_start": ["type": "string", "description": "Behind `<head>`."],
            "head_end": ["type": "string", "description": "Before `</head>`."],
            "body_start": ["type": "string", "description": "Behind `<body>`."],
            "body_end": ["type": "string", "description": "Before `</body>`."],
            "faults": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["app_id", "place", "message"], "additionalProperties": false,
                    "properties": [
                        "app_id": ["type": "integer"], "place": ["type": "string"], "message": ["type": "string"],
                    ],
                ],
            ],
        ],
    ]
}
