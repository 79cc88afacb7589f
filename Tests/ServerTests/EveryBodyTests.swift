import Basics
import Commerce
import Resources
import Support
import Testing

/// Every action's body and every declared query, tried by its own declaration: what cannot be is told where it stands.
@Suite struct EveryBodyTests {
    /// A member of a body, however deep.
    private struct Place: Sendable {
        /// Names on the way to it; `0` for the first row of a list.
        let path: [String]
        let field: FieldInfo
        let form: BodyForm

        var pointer: String { path.map { "/" + $0 }.joined() }

        /// The least body that has a value there.
        func body(_ value: JSON) -> JSON {
            path.reversed().reduce(value) { $1 == "0" ? [$0] : .member($1, $0) }
        }
    }

    private static let declared = Endpoint.everything.filter { $0.takes != nil }

    private static func places(_ form: BodyForm, _ field: FieldInfo, _ path: [String]) -> [Place] {
        let here = path.isEmpty ? [] : [Place(path: path, field: field, form: form)]
        switch form {
        case .value, .open: return here
        case .object(let info): return here + info.members.flatMap { places($0.form, $0.field, path + [$0.field.name]) }
        case .list(let element): return here + places(element, field, path + ["0"])
        case .oneOrMany(let element): return places(element, field, path) + places(element, field, path + ["0"])
        }
    }

    private static func places(_ endpoint: Endpoint) -> [Place] {
        let root = FieldInfo(name: "", kind: .json, isNullable: false)
        return endpoint.takes.map { places($0, root, []) } ?? []
    }

    /// Tries a value at every place that takes no such thing and expects to be told so there.
    private static func expectRefused(
        _ code: Set<String>, headers: [String: String] = [:], _ value: (Place) -> JSON?
    ) async throws {
        let furnished = try await FurnishedShop.open(marker: "Body")
        var tried = 0
        for endpoint in declared {
            for place in places(endpoint) {
                guard let wrong = value(place) else { continue }
                tried += 1
                let body = place.body(wrong)
                let reply = try await furnished.shop.send(
                    endpoint.method.rawValue, furnished.path(endpoint), body, headers: headers)
                let told = reply.json["errors"].elements.filter { $0["pointer"].text.hasPrefix(place.pointer) }
                #expect(reply.status == 422, "\(endpoint.label) \(body.serialized.prefix(200)): \(reply.status)")
                #expect(
                    told.contains { code.contains($0["code"].text) },
                    "\(endpoint.label) \(body.serialized.prefix(200)): \(reply.text.prefix(300))")
            }
        }
        #expect(tried > 0)
    }

    @Test func `the members of every body stand in the order of its initialiser`() {
        var seen = 0
        for endpoint in Endpoint.everything {
            for case .object(let info)? in [endpoint.takes, endpoint.asks.map { .object($0) }] {
                #expect(info.isInOrder, "\(endpoint.label)")
                seen += 1
            }
            for place in Self.places(endpoint) {
                guard case .object(let info) = place.form else { continue }
                #expect(info.isInOrder, "\(endpoint.label) \(place.pointer)")
            }
        }
        #expect(seen > 4)
    }

    @Test func `a value of the wrong kind is refused in every member of every body`() async throws {
        try await Self.expectRefused(["type", "required", "range"]) { place in
            switch place.form {
            case .value: [[]]
            case .object, .list: 7
            case .open, .oneOrMany: nil
            }
        }
    }

    @Test func `a number that no double holds is refused in every member of every body`() async throws {
        for text in ["1e400", "-1e400", "1e999999999"] {
            let number = JSON.number(JSONNumber(text: text))
            try await Self.expectRefused(["type", "range"]) { place in
                switch place.form {
                // Not by `?:`, whose `nil` would be JSON's null.
                case .value where place.field.kind.isNumeric: number
                case .open: [["deep": [number]]]
                default: nil
                }
            }
        }
    }

    @Test func `a number beyond the bounds that are documented is refused in every member of every body`() async throws
    {
        try await Self.expectRefused(["range", "type"]) { place in
            guard case .value = place.form, let range = place.field.range, range.upperBound < WholeNumber.max else {
                return nil
            }
            return .number(JSONNumber(range.upperBound + 1))
        }
    }

    @Test func `a text that is too long is refused in every member of every body`() async throws {
        try await Self.expectRefused(["too_long", "choice"]) { place in
            guard case .value = place.form, place.field.kind == .text else { return nil }
            return .string(String(repeating: "x", count: place.field.characters.upperBound + 1))
        }
    }

    @Test func `what must be there is asked for in every body`() async throws {
        try await Self.expectRefused(["required"]) { $0.field.isRequired && $0.path.last != "0" ? .null : nil }
    }

    @Test func `in strict mode every object of every body refuses a member it does not declare`() async throws {
        try await Self.expectRefused(["unknown"], headers: ["Prefer": "handling=strict"]) { place in
            if case .object = place.form { ["colour": 1] } else { nil }
        }
        let furnished = try await FurnishedShop.open(marker: "Body")
        for endpoint in Self.declared {
            let reply = try await furnished.shop.send(
                endpoint.method.rawValue, furnished.path(endpoint), ["colour": 1],
                headers: ["Prefer": "handling=strict"])
            #expect(reply.status == 422 && reply.pointers.contains("/colour"), "\(endpoint.label): \(reply.text)")
        }
    }

    @Test func `a parameter that is not declared, or cannot be, is refused`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Body")
        let asked = Endpoint.everything.filter { $0.asks != nil }
        #expect(!asked.isEmpty)
        for endpoint in asked {
            let path = try furnished.path(endpoint)
            let strict = try await furnished.shop.send(
                "GET", path + "?colour=1", headers: ["Prefer": "handling=strict"])
            #expect(strict.status == 422 && strict.pointers == ["?colour"], "\(endpoint.label): \(strict.text)")
            for member in endpoint.asks?.members ?? [] where member.field.kind.isNumeric {
                let reply = try await furnished.shop.send("GET", path + "?\(member.field.name)=1e400")
                #expect(reply.pointers == ["?" + member.field.name], "\(endpoint.label): \(reply.text)")
            }
        }
    }
}
