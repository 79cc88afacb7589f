import Areas
import Basics
import Commerce
import Resources
import Server
import Support
import Testing

/// Nothing a client can send makes a route fail: bad input is a 4xx that says what is wrong, and the server goes on.
@Suite struct EveryEndpointInputTests {
    /// Bodies that are no JSON we take, whatever the route.
    private static let unreadable: [(what: String, body: [UInt8])] = [
        ("cut off", text(#"{"name": "#)),
        ("a trailing comma", text(#"{"name": "x",}"#)),
        ("text behind the end", text(#"{"name": "x"} {}"#)),
        ("500 objects deep", text(repeated(#"{"name":"#, 500) + "1" + repeated("}", 500))),
        ("500 arrays deep", text(repeated("[", 500) + repeated("]", 500))),
        ("100,000 unclosed arrays", text(repeated("[", 100_000))),
        ("a raw NUL", text("{\"name\": \"a\u{0}b\"}")),
        ("an escaped NUL", text(#"{"name": "a\u0000b"}"#)),
        ("a raw control character", text("{\"name\": \"a\u{1}b\"}")),
        ("a repeated name", text(#"{"name": "x", "name": "y"}"#)),
        ("half a surrogate pair", text(#"{"name": "\ud800"}"#)),
        ("the other half", text(#"{"name": "\udc00x"}"#)),
        ("no UTF-8", text(#"{"name": ""#) + [0xFF, 0xFE] + text(#""}"#)),
        ("overlong UTF-8", text(#"{"name": ""#) + [0xC0, 0xAF] + text(#""}"#)),
        ("NaN", text(#"{"name": NaN}"#)),
        ("a number with a leading zero", text(#"{"name": 01}"#)),
    ]

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test func `a body that cannot be read is 400 on every route that writes`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for endpoint in Endpoint.everything where endpoint.isWrite && !endpoint.takesBytes {
            for (what, body) in Self.unreadable {
                let reply = try await furnished.shop.bytes(
                    endpoint.method.rawValue, furnished.path(endpoint), body)
                #expect(reply.status == 400, "\(endpoint.label) with \(what): \(reply.status)")
                #expect(reply.code == "json", "\(endpoint.label) with \(what)")
            }
        }
        try await expectWhole(furnished)
    }

    @Test func `a body of the wrong kind is refused on every route that takes one`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for endpoint in Endpoint.everything where endpoint.documentation.body != nil {
            for body in Self.wrongKinds(endpoint) {
                let reply = try await furnished.shop.send(
                    endpoint.method.rawValue, furnished.path(endpoint), body)
                #expect([400, 422].contains(reply.status), "\(endpoint.label) \(body.serialized): \(reply.status)")
            }
        }
        try await expectWhole(furnished)
    }

    private static func wrongKinds(_ endpoint: Endpoint) -> [JSON] {
        let members: JSON = [
            "name": [:], "to": [:], "products": 7, "count": [], "change": [:], "comments": [[]], "reason": "why",
            "product_id": [:], "mpn": [:], "overlap_seconds": "soon", "fields": 7,
        ]
        // Nothing is a body where none is needed.
        let none: [JSON] = endpoint.documentation.isBodyRequired ? [nil] : []
        let always = none + [true, 7, "text", [7], [nil], [[]]] as [JSON]
        guard endpoint.isBatch else { return always + [members] }
        return always + [
            [:], members, [["method": 5]], [["method": "PUT"]], [["method": "FETCH", "id": 1]],
            [["method": "PUT", "id": [:], "body": [:]]], [["method": "POST", "body": [members]]],
        ]
    }

    @Test(arguments: ["1e400", "-1e400", "1e999999999", "9223372036854775808", "-9223372036854775809", "1.23456789"])
    func `a number no field can hold is refused in every field`(_ number: String) async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for info in House.documented where !info.verbs.isDisjoint(with: [.create, .update]) {
            let fields = info.fields.filter { !$0.isReadOnly && $0.kind.isNumeric }
            let body = JSONObject(fields.map { .init($0.name, .number(JSONNumber(text: number))) })
            let id = try #require(info.path == "shop" ? 0 : furnished.ids[info.key])
            let reply = try await furnished.shop.put(info.path == "shop" ? "shop" : "\(info.path)/\(id)", .object(body))
            guard !fields.isEmpty else { continue }
            #expect(reply.status == 422, "\(info.path) \(number)")
            #expect(Set(reply.pointers) == Set(fields.map { "/" + $0.name }), "\(info.path) \(number)")
        }
        let huge = JSON.number(JSONNumber(text: number))
        let product = furnished.id("product_id")
        for (path, body) in [
            ("stock", ["product_id": product, "count": huge]), ("stock", ["product_id": product, "adjust": huge]),
            ("stock", ["product_id": huge, "count": 1]),
            ("stock-entry", ["product_id": product, "change": huge, "reason": "x"]),
            ("order", ["products": [["product_id": product, "amount": huge]]]),
            ("order", ["products": [["product_id": huge, "amount": 1]]]),
            ("product", ["name": "x", "bundle": [huge]]), ("product", ["name": "x", "categories": [huge]]),
            ("token", ["name": "x", "access_level": "read", "daily_limit": huge]),
            ("product/batch", [["method": "DELETE", "id": huge]]),
        ] as [(String, JSON)] {
            let reply = try await furnished.shop.post(path, body)
            #expect([404, 422].contains(reply.status), "\(path) \(body.serialized): \(reply.status)")
        }
        try await expectWhole(furnished)
    }

    @Test(arguments: [
        "abc", "0", "-1", "9223372036854775807", "9223372036854775808", "1e3", "1.0", "%2e%2e", "%31%20", "'",
    ])
    func `an id that names nothing is 404 on every route`(_ id: String) async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for endpoint in Endpoint.everything where endpoint.hasParameter {
            let path = try furnished.path(endpoint, id: id)
            let reply = try await furnished.shop.send(
                endpoint.method.rawValue, path, endpoint.isWrite ? furnished.change(endpoint) : nil)
            #expect(reply.status == 404, "\(endpoint.label) with id \(id): \(reply.status)")
        }
    }

    @Test func `an id that cannot be decoded is 404 on every route`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for endpoint in Endpoint.everything where endpoint.hasParameter {
            for id in ["%00", "%ff", "%", "%zz", "1%00"] {
                let path = try furnished.path(endpoint, id: id)
                let reply = try await furnished.shop.send(
                    endpoint.method.rawValue, path, endpoint.isWrite ? furnished.change(endpoint) : nil)
                #expect(reply.status == 404, "\(endpoint.label) with id \(id): \(reply.status)")
            }
        }
    }

    @Test func `a query that cannot be decoded is 400 on every route`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for endpoint in Endpoint.everything {
            for query in ["?name=%00", "?name=%ff", "?%zz=1", "?name=%"] {
                let reply = try await furnished.shop.send(
                    endpoint.method.rawValue, furnished.path(endpoint) + query)
                #expect(reply.status == 400, "\(endpoint.label)\(query): \(reply.status)")
                let code = endpoint.access == .client ? reply.json["error"].text : reply.code
                #expect(["query", "invalid_request"].contains(code), "\(endpoint.label)\(query)")
            }
        }
        try await expectWhole(furnished)
    }

    @Test func `every list takes any value of any parameter without failing`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        let values = [
            "", "abc", "-1", "9223372036854775807", "9223372036854775808", "1e400", "';--", "%25", ",,,",
            "%f0%9f%98%80",
            "0001-01-01", "9999-12-31T23:59:59Z",
        ]
        for endpoint in Endpoint.everything where endpoint.method == .get && endpoint.path.count == 2 {
            for parameter in endpoint.documentation.query {
                for value in values {
                    let path = try furnished.path(endpoint) + "?\(parameter.name)=\(value)"
                    let reply = try await furnished.shop.send("GET", path)
                    #expect([200, 422].contains(reply.status), "\(path): \(reply.status)")
                }
            }
        }
    }

    @Test func `every filter takes any operator and value without failing`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for info in House.documented where info.verbs.contains(.list) {
            // The fields of one kind together, so that a value one kind refuses does not hide the others.
            for fields in Dictionary(grouping: info.filterableFields, by: { "\($0.kind)" }).values {
                for word in ["gte", "ne", "in", "prefix", "null"] {
                    for value in ["", "abc", "9223372036854775807", "-9223372036854775808", "1,abc,,2"] {
                        let filters = fields.map { "\($0.name)[\(word)]=\(value)" }.joined(separator: "&")
                        let reply = try await furnished.shop.get("\(info.path)?\(filters)&envelope=1")
                        #expect([200, 422].contains(reply.status), "\(info.path)?\(filters): \(reply.status)")
                    }
                }
            }
        }
    }

    @Test func `in strict mode every list refuses a filter it does not know`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Input")
        for endpoint in Endpoint.everything where endpoint.listed != nil || endpoint.label == "GET /REST/event" {
            let path = try furnished.path(endpoint) + "?featured=1"
            let strict = try await furnished.shop.send("GET", path, headers: ["Prefer": "handling=strict"])
            #expect(strict.status == 422, "\(endpoint.label)")
            #expect(strict.pointers == ["?featured"], "\(endpoint.label)")
            let loose = try await furnished.shop.send("GET", path)
            #expect(loose.status == 200, "\(endpoint.label)")
        }
    }

    /// The server answers, and the shop's objects are still there.
    private func expectWhole(_ furnished: FurnishedShop) async throws {
        #expect(try await furnished.shop.anonymous("GET", "/readyz").text == "ok\n")
        for endpoint in Endpoint.everything where endpoint.method == .get && endpoint.hasParameter {
            let reply = try await furnished.shop.send("GET", furnished.path(endpoint))
            #expect(reply.status == 200, "\(endpoint.label)")
        }
    }
}

extension FieldKind {
    /// Whether the database keeps a number that a client gives as one.
    var isNumeric: Bool {
        switch self {
        case .integer, .amount, .decimal, .integerAsText, .flag, .flagAsText: true
        default: false
        }
    }
}
