import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// What every resource does with what is written to it, generated from its declaration.
@Suite struct EveryResourceWriteTests {
    private static let creatable = ResourceInfo.paths(.create)
    private static let updatable = ResourceInfo.paths(.create, .update)

    @Test(arguments: creatable + ["order", "token", "stock-entry"])
    func `the least body makes an object that is answered as its GET shows it`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let made = try await example.shop.post(path, example.minimum(path))
        #expect(made.status == 200, "\(made.text)")
        let id = made.json[info.key].integer
        #expect(id > 0)
        let shown = try await example.shop.get("\(path)/\(id)")
        #expect(shown.json.names == info.shownNames)
        guard path != "token" else { return }
        #expect(made.body == shown.body)
    }

    @Test(arguments: creatable)
    func `an empty body names every required field`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let required = Set(info.fields.filter(\.isRequired).map { "/" + $0.name })
        let shop = try await TestShop.open()
        for body in [[:], .object(JSONObject(info.fields.filter(\.isRequired).map { .init($0.name, "") }))] as [JSON] {
            let reply = try await shop.post(path, body)
            #expect(reply.status == 422)
            #expect(Set(reply.pointers) == required)
            #expect(reply.json["errors"].elements.allSatisfy { $0["code"] == "required" })
        }
    }

    @Test(arguments: creatable)
    func `every field a client may write comes back as it was written`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let body = example.body(info, variant: 0)
        let made = try await example.shop.post(path, .object(body))
        try #require(made.status == 200, "\(made.text)")
        for field in info.writable where !field.isSecret {
            let wanted = Example.shown(field, body[field.name] ?? .null)
            #expect(made.json[field.name] == wanted, "\(field.name)")
        }
        #expect(try await example.shop.get("\(path)/\(made.json[info.key].integer)").body == made.body)
    }

    @Test(arguments: creatable)
    func `what only the server may write is ignored in a body`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        guard case .object(var body) = try await example.minimum(path) else { return }
        let parts = info.plan.embeds.map(\.name)
        let names = info.shownNames.filter { name in info.field(name)?.isReadOnly ?? !parts.contains(name) }
        for name in names { body.append(name, name.hasSuffix("_id") ? 999_999_999 : "2001-01-01 00:00:00") }
        let made = try await example.shop.post(path, .object(body))
        #expect(made.status == 200, "\(made.text)")
        for name in ["created", "last_modified"] { #expect(made.json[name] == "2026-03-01 13:00:00") }
        #expect(made.json[info.key].integer != 999_999_999)
        #expect(try await example.shop.get("\(path)/\(made.json[info.key].integer)").body == made.body)
    }

    @Test(arguments: creatable + ["order", "token"])
    func `a value of the wrong type is named, and all of them at once`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let wrong = info.writable.compactMap { field in Example.wrong(field).map { (field.name, $0) } }
        let minimum = try await example.minimum(path)
        for (name, value) in wrong {
            guard case .object(let least) = minimum else { return }
            var body = least.without([name])
            body.append(name, value)
            let reply = try await example.shop.post(path, .object(body))
            #expect(reply.status == 422, "\(name)")
            #expect(reply.pointers == ["/" + name], "\(name)")
        }
        let all = JSONObject(wrong.map { .init($0.0, $0.1) })
        let reply = try await example.shop.post(path, .object(all))
        #expect(Set(reply.pointers).isSuperset(of: wrong.map { "/" + $0.0 }))
    }

    @Test(arguments: creatable)
    func `text may be as long as the rule says and not longer`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let shop = try await TestShop.open()
        let fields = info.writable.filter {
            $0.kind == .text && $0.choices == nil
                && !["email", "color", "to", "currency", "sort_order", "url"].contains($0.name)
        }
        guard case .object(let minimum) = try await Example.make(in: shop).minimum(path) else { return }
        var body = minimum.without(Set(fields.map(\.name)))
        var longer = body
        for field in fields {
            // Scalars of four bytes count as one character.
            let most = field.length?.upperBound ?? 16_384
            let scalar = most > 1000 ? "x" : "\u{1F600}"
            body.append(field.name, .string(String(repeating: scalar, count: most)))
            longer.append(field.name, .string(String(repeating: scalar, count: most + 1)))
        }
        let made = try await shop.post(path, .object(body))
        #expect(made.status == 200, "\(made.text.prefix(300))")
        for field in fields { #expect(made.json[field.name] == body[field.name], "\(field.name)") }
        let refused = try await shop.post(path, .object(longer))
        #expect(refused.status == 422)
        #expect(Set(refused.pointers) == Set(fields.map { "/" + $0.name }))
        #expect(refused.json["errors"].elements.allSatisfy { $0["code"] == "too_long" })
    }

    @Test(arguments: creatable + ["token"])
    func `a number outside its bounds is named`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let bounded = info.writable.filter { $0.range != nil || $0.kind == .amount }
        for field in bounded {
            for number in ["-1000000", "99999999999999"] {
                guard case .object(var body) = try await example.minimum(path) else { return }
                body.append(field.name, .number(JSONNumber(text: number)))
                let reply = try await example.shop.post(path, .object(body))
                #expect(reply.status == 422, "\(field.name) \(number)")
                #expect(reply.pointers == ["/" + field.name], "\(field.name) \(number)")
            }
        }
    }

    @Test(arguments: creatable + ["order"])
    func `an id that names nothing is refused in every reference`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        for field in info.writable where field.reference != nil || field.referencesEach != nil {
            for id in [9_007_199_254_740_991, -1] as [JSON] {
                guard case .object(var body) = try await example.minimum(path) else { return }
                body = body.without([field.name])
                body.append(field.name, field.reference == nil ? [id] : id)
                let reply = try await example.shop.post(path, .object(body))
                #expect(reply.status == 422, "\(field.name)")
                // An order's delivery country is its billing country where the body is silent, so both may be named.
                #expect(reply.pointers.first == "/" + field.name, "\(field.name)")
            }
        }
    }

    @Test(arguments: creatable)
    func `a second name of a field is read as the first`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        for field in info.writable {
            for alias in field.aliases {
                guard case .object(var body) = try await example.minimum(path) else { return }
                body = body.without([field.name])
                body.append(alias, example.value(field, variant: 0))
                let reply = try await example.shop.post(path, .object(body), headers: ["Prefer": "handling=strict"])
                #expect(reply.json[field.name] == example.value(field, variant: 0), "\(alias): \(reply.text)")
            }
        }
    }

    @Test(arguments: updatable)
    func `changing one field leaves the others, by PUT as by PATCH`(_ path: String) async throws {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let made = try await example.shop.post(path, .object(example.body(info, variant: 0)))
        let one = "/REST/\(path)/\(made.json[info.key].integer)"
        for field in info.writable where !field.isSecret {
            let before = try await example.shop.send("GET", one).json
            let value = example.value(field, variant: 1)
            for method in ["PUT", "PATCH"] {
                let put = try await example.shop.send(method, one, .member(field.name, value))
                #expect(put.status == 200, "\(field.name): \(put.text)")
                #expect(put.json[field.name] == Example.shown(field, value), "\(field.name)")
                let changed = Set(before.names.filter { before[$0] != put.json[$0] })
                let follows: Set = ["rewrite_url": "url", "bundle": "bundle_data"][field.name].map { [$0] } ?? []
                #expect(changed == follows.union([field.name]), "\(field.name)")
                #expect(put.json.names == before.names, "\(field.name)")
                #expect(try await example.shop.send("GET", one).body == put.body, "\(field.name)")
            }
        }
    }
}

extension ResourceInfo {
    /// The members of an answer, in order.
    var shownNames: [String] { plan.items.map(\.name) }
}
