import Foundation
import Resources
import Support
import Testing

/// Starting and stopping.
@Suite struct LifecycleTests {
    @Test func `a server that is told to stop finishes what it was asked`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        let body = Array(#"{"products":[{"product_id":\#(product),"amount":1}]}"#.utf8)
        let socket = try Socket(port: serving.port)
        try socket.write(
            Array(
                """
                POST /REST/order HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(client.token)\r
                Content-Type: application/json\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n
                """.utf8) + body.prefix(10))
        // The request is under way once the server counts it.
        try await eventually("a request under way") {
            let text = try await HTTP.send("GET", "/metrics", port: serving.port).text
            return text.contains(/in_flight[^\n]* 2\n/)
        }
        serving.program.signal(SIGTERM)
        try await eventually("a closed door") {
            (try? await HTTP.send("GET", "/livez", port: serving.port)) == nil
        }
        #expect(serving.program.isRunning)
        try socket.write(Array(body.dropFirst(10)))
        let answer = try await socket.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        let start = ContinuousClock.now
        try await eventually("the end of the server") { !serving.program.isRunning }
        #expect(serving.program.status == 0)
        #expect(start.duration(to: .now) < .seconds(5))
    }

    @Test func `a server that is told to stop answers those who wait for events`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let poller = try Socket(port: serving.port)
        let stream = try Socket(port: serving.port)
        let head =
            "GET /REST/event?after=now&wait=60 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(client.token)\r\n"
        try poller.write(head + "\r\n")
        try stream.write(head + "Accept: text/event-stream\r\n\r\n")
        try await eventually("two listeners") {
            try await HTTP.send("GET", "/metrics", port: serving.port).text.contains("butik_feed_listeners 2\n")
        }
        let start = ContinuousClock.now
        #expect(try await serving.stop() == 0)
        #expect(start.duration(to: .now) < .seconds(5))
        let page = try await poller.readToEnd()
        #expect(page.hasPrefix("HTTP/1.1 200") && page.contains(#""events":[]"#))
        // The last chunk is there: the stream has an end, and was not broken off.
        #expect(try await stream.readToEnd().hasSuffix("0\r\n\r\n"))
    }

    @Test func `an idle server stops at once`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        let start = ContinuousClock.now
        #expect(try await serving.stop() == 0)
        #expect(start.duration(to: .now) < .seconds(5))
    }

    @Test func `one SQLite database has one server, one Postgres database as many as there are`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        switch Engine.current {
        case .sqlite:
            let second = try await binary.run("serve", "--port", "0")
            #expect(second.status == 1)
            #expect(second.lastLine.hasPrefix("butik: another butik (pid \(serving.program.identifier)) is using "))
            #expect(second.error.split(separator: "\n").count == 1)
        case .postgres:
            let second = try await binary.serve()
            let other = Client(token: client.token, port: second.port)
            let order = try await client.post("order", ["products": [TestShop.line(product)]]).json["order_id"].integer
            #expect(try await other.get("order/\(order)").status == 200)
            let next = try await other.post("order", ["products": [TestShop.line(product)]]).json["order_id"].integer
            #expect(next != order)
            #expect(try await client.get("order/\(next)").status == 200)
            #expect(try await second.stop() == 0)
        }
        #expect(try await client.get("product/\(product)").status == 200)
        #expect(try await serving.stop() == 0)
    }

    @Test func `a database that is not migrated is not served`() async throws {
        let binary = try await Binary.fresh(migrated: false)
        for command in [["serve", "--port", "0"], ["doctor"], ["shop", "create", "Test"], ["token", "list"]] {
            let ended = try await binary.run(command)
            #expect(ended.status == 1)
            #expect(ended.error.contains("run: butik migrate"), "\(command): \(ended.error)")
        }
        #expect(try await binary.succeed("migrate").hasPrefix("Applied 0001_access, "))
        #expect(try await binary.succeed("migrate") == "The database is up to date.")
        #expect(try await binary.serve().stop() == 0)
    }

    @Test func `garbage on the socket leaves the server as it was`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        var dice = Dice(seed: 7)
        for _ in 0..<50 {
            let socket = try Socket(port: serving.port)
            let bytes = (0..<dice.roll(1...3000)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
            let head = dice.roll(0...2) == 0 ? Array("GET / HTTP/1.1\r\n".utf8) : []
            try? socket.write(head + bytes)
        }
        #expect(try await client.get("product/\(product)").status == 200)
        #expect(serving.program.isRunning)
        #expect(try await serving.stop() == 0)
    }
}
