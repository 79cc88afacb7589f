import Basics
import Commerce
import Resources
import Support
import Testing

/// CONTRACT 8, "Feed": the feed as server-sent events.
@Suite(.timeLimit(.minutes(3))) struct EventStreamTests {
    @Test func `a stream shows what the list shows, and says where each event stands`() async throws {
        let shop = try await TestShop.open()
        for number in 1...7 { try await shop.post("brand", ["name": .string("Brand \(number)")]) }
        let list = try await shop.get("event?limit=1000&resource=brand").json
        try await EventSource.listen(to: "?resource=brand", of: shop) { source in
            #expect(source.status == 200 && source[header: "content-type"] == "text/event-stream")
            #expect(source[header: "cache-control"] == "no-store" && source[header: "content-encoding"] == nil)
            #expect(source[header: "content-length"] == nil && source[header: "transfer-encoding"] == "chunked")
            #expect(try await source.next()?.retry == "2000")
            let events = try await source.events(7)
            try #require(events.count == 7)
            #expect(events.map(\.data) == list["events"].elements)
            #expect(events.map(\.type) == events.map { $0.data["type"].text })
            #expect(events.last?.id == list["paging"]["next"].text)
            try await shop.post("brand", ["name": "Brand 8"])
            let live = try await source.events(1)
            #expect(live.first?.data["data"]["name"] == "Brand 8")
            let after = try await shop.get("event?resource=brand&after=\(events[2].id)&limit=1000").json
            #expect(after["events"].elements == events[3...].map(\.data) + live.map(\.data))
        }
    }

    @Test func `a client that comes back goes on from its last event, wherever it began`() async throws {
        let shop = try await TestShop.open()
        for number in 1...5 { try await shop.post("brand", ["name": .string("Brand \(number)")]) }
        let events = try await EventSource.listen(to: "?resource=brand", of: shop) { try await $0.events(5) }
        try #require(events.count == 5)
        let back = try await EventSource.listen(
            to: "?resource=brand&after=0", of: shop, headers: ["Last-Event-ID": events[2].id]
        ) { try await $0.events(2) }
        #expect(back.map(\.id) == events[3...].map(\.id))
        try await EventSource.listen(to: "?resource=brand&after=now", of: shop) { source in
            try await shop.post("brand", ["name": "New"])
            #expect(try await source.events(1).first?.data["data"]["name"] == "New")
        }
        for id in ["x", "-1", "9007199254740991"] {
            let status = try await EventSource.listen(of: shop, headers: ["Last-Event-ID": id]) { $0.status }
            #expect(status == 422, "\(id)")
        }
    }

    @Test func `a stream without anything to tell shows every fifteen seconds that it is there`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        try await EventSource.listen(to: "?after=now", of: shop) { source in
            #expect(try await source.next()?.retry == "2000")
            for _ in 1...3 {
                try await server.listeners(1)
                server.clock.advance(seconds: 15)
                #expect(try await source.next()?.isComment == true)
            }
            try await shop.post("brand", ["name": "A"])
            #expect(try await source.next()?.type == "brand.created")
        }
        try await server.listeners(0)
        await server.stop()
    }

    @Test func `a stream tells nothing that its token may not read`() async throws {
        let shop = try await TestShop.open()
        try await EventSource.listen(to: "?after=now", of: shop, with: shop.token(.read)) { source in
            try await shop.post("token", ["name": "till", "access_level": "read"])
            try await shop.post("brand", ["name": "A"])
            #expect(try await source.events(1).first?.type == "brand.created")
        }
        try await EventSource.listen(to: "?after=now", of: shop) { source in
            try await shop.post("token", ["name": "till", "access_level": "read"])
            #expect(try await source.events(1).first?.type == "token.created")
        }
    }

    @Test func `a stream ends when its token is revoked, changed in what it may, or replaced`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let ends: [@Sendable (JSON) async throws -> Void] = [
            { _ = try await shop.delete("token/\($0["token_id"].integer)") },
            { _ = try await shop.put("token/\($0["token_id"].integer)", ["ip_list": ["10.1.2.3"]]) },
            { _ = try await shop.post("token/\($0["token_id"].integer)/rotate", [:]) },
        ]
        for end in ends {
            let token = try await shop.post("token", ["name": "till", "access_level": "read"]).json
            try await EventSource.listen(to: "?after=now", of: shop, with: token["token"].text) { source in
                #expect(try await source.next()?.retry == "2000")
                try await end(token)
                #expect(try await source.next() == nil)
            }
        }
        await server.stop()
    }

    @Test func `a server that stops ends its streams at once`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let stream = Task {
            try await EventSource.listen(to: "?after=now", of: shop) { source in
                while try await source.next() != nil {}
            }
        }
        try await server.listeners(1)
        let start = ContinuousClock.now
        await server.stop()
        #expect(ContinuousClock.now - start < .seconds(10))
        _ = try? await stream.value
    }

    @Test func `what another process writes is heard too`() async throws {
        let server = try await TestServer()
        guard !server.storage.dialect.commitsInOrder else { return await server.stop() }
        let shop = try await TestShop.open(on: server)
        let other = try await Engine.open(server.databaseURL)
        let (tenant, now) = (try await shop.tenant, server.clock.now)
        try await EventSource.listen(to: "?after=now", of: shop) { source in
            #expect(try await source.next()?.retry == "2000")
            try await other.transact(in: tenant, at: now, as: "elsewhere") { tx in
                var brand = try Brand.starting(tx.newID(Brand.self))
                brand.name = "Elsewhere"
                try tx.insert(brand)
                try tx.flushEvents()
            }
            #expect(try await source.events(1).first?.data["data"]["name"] == "Elsewhere")
        }
        await other.close()
        await server.stop()
    }

    @Test func `listeners among fifty writers hear everything once and in the order of the feed`() async throws {
        let shop = try await TestShop.open()
        let heard = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 1...5 {
                group.addTask {
                    try await EventSource.listen(to: "?type=brand.created,brand.updated", of: shop) { source in
                        try await source.events(100).map(\.id)
                    }
                }
            }
            _ = try await together(50) { number in
                let id = try await shop.post("brand", ["name": .string("Brand \(number)")]).json["brand_id"].integer
                try await shop.put("brand/\(id)", ["name": .string("Brand \(number) again")])
            }
            return try await group.reduce(into: [[String]]()) { $0.append($1) }
        }
        let numbers = heard[0].compactMap { Int64($0) }
        #expect(numbers.count == 100 && numbers == Set(numbers).sorted())
        #expect(heard.allSatisfy { $0 == heard[0] })
    }

    @Test func `a client that does not read holds up nobody, and hears all of it when it does`() async throws {
        // However long the others of this machine take.
        let server = try await TestServer { $0.limits.stallSeconds = 600 }
        let shop = try await TestShop.open(on: server)
        let words = JSON.string(String(repeating: "long ", count: 2000))
        try await EventSource.listen(to: "?type=product.created", of: shop) { slow in
            for page in 0..<12 {
                let rows = (0..<50).map { number -> JSON in
                    ["method": "POST", "body": ["name": .string("\(page)-\(number)"), "description": words]]
                }
                #expect(try await shop.post("product/batch", .array(rows)).status == 200)
            }
            let quick = try await EventSource.listen(to: "?type=product.created", of: shop) {
                try await $0.events(600).map(\.id)
            }
            #expect(try await slow.events(600).map(\.id) == quick)
        }
        await server.stop()
    }
}
