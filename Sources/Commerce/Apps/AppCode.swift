import Basics
import Resources
import Templates

/// Code that an app inserts into the pages of the shops that have it (seed 002, "Add code").
struct AppCode: Body {
    let place: Place
    let pages: [PageKind]
    let template: String

    /// Behind `<head>`, before `</head>`, behind `<body>`, before `</body>`.
    enum Place: String, Choice {
        case headStart = "head_start"
        case headEnd = "head_end"
        case bodyStart = "body_start"
        case bodyEnd = "body_end"
    }

    /// What a page of a shop is about.
    enum PageKind: String, Choice {
        case product
        case landingPage = "landing_page"
        case category, page
        case blogPost = "blog_post"
        case search, basket, address, shipping, approve, thanks, order, also
    }

    static let about = """
        What it inserts into pages: `{place, pages, template}`; places `head_start head_end body_start body_end`, pages \
        `product landing_page category page blog_post search basket address shipping approve thanks order also`, none for all. Templates \
        are described in the guide to templates.
        """

    static let schema = BodySchema(
        AppCode.init,
        Field("place", \.place, .required),
        Field("pages", \.pages, .count(0...PageKind.allCases.count)),
        Field("template", \.template, .required, .length(1...Template.bytesMax)))

    private static let countMax = 50

    /// - Throws: all that is wrong with it, by its place; of a template also line and column.
    static func settled(_ text: JSONText, for tenant: Tenant) throws -> JSONText {
        JSONText(JSON.array(try read(text, for: tenant).map(\.json)).serialized)
    }

    /// What was kept. Its templates are read where they are shown, and only there.
    static func kept(_ text: JSONText) throws -> [AppCode] {
        guard case .array(let rows) = try text.json else { return [] }
        return try rows.map { row in
            guard case .object(let object) = row, let place = object["place"]?.words.flatMap(Place.init),
                let template = object["template"]?.words, case .array(let pages)? = object["pages"]
            else { throw UnreadableValue(expected: "the code of an app", found: text.sqlValue) }
            return AppCode(
                place: place, pages: pages.compactMap { $0.words.flatMap(PageKind.init) }, template: template)
        }
    }

    private static func read(_ text: JSONText, for tenant: Tenant) throws -> [AppCode] {
        try BodyReader.reading(for: tenant, isStrict: false) { [json = try text.json] reader throws(NotRead) in
            let info = FieldInfo(
                name: "code", kind: .json, isNullable: false, rules: [.count(0...countMax)], isList: true)
            return try [AppCode].read(json, as: info, at: "/code", &reader)
        }
    }

    var faults: [Problem.FieldError] {
        do throws(TemplateFault) {
            _ = try Template(template)
            return []
        } catch {
            return [.init("/template", "template", error.words)]
        }
    }

    var json: JSON {
        [
            "place": .string(place.rawValue), "pages": .array(pages.map { .string($0.rawValue) }),
            "template": .string(template),
        ]
    }

    /// Whether it stands in pages of a kind.
    func stands(in page: PageKind?) -> Bool { pages.isEmpty || page.map(pages.contains) ?? false }
}
