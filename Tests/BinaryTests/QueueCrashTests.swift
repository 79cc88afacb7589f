import Basics
import Foundation
import Persistence
import Resources
import Support
import Testing

/// What a server was at when it was stopped or killed is done by the next one, or by another one.
@Suite struct QueueCrashTests {
    /// A server, what is outside of it, and a product whose picture it can't have yet.
    private struct World {
        let outside: Receiver
        let binary: Binary
        let settings: [String: String]
        let serving: Serving
        let client: Client
        let product: Int64

        static func open() async throws -> World {
            let outside = try await Receiver()
            var silent = Receiver.Answer()
            silent.isSilent = true
            outside.answer("/a.png", silent, .init(200, Picture.png(40, 30)))
            let binary = try await Binary.fresh()
            let settings = ["BUTIK_OUTBOUND_ALLOW": outside.host, "BUTIK_MEDIA_DIR": Binary.folder()]
            let (serving, client, product) = try await binary.openShop { try await binary.serve(settings: settings) }
            let world = World(
                outside: outside, binary: binary, settings: settings, serving: serving, client: client,
                product: product)
            try await client.post("product/\(product)/image", ["url": .string("http://\(outside.host)/a.png")])
            try await eventually("a fetch that is under way", seconds: 10) { outside.asked.count == 1 }
            return world
        }

        func serve() async throws -> Serving { try await binary.serve(settings: settings) }

        /// The row of the fetch: who has it, and how many tries count.
        func row() async throws -> (worker: String?, tries: Int64?) {
            let storage = try await Engine.open(binary.database)
            let row = try await storage.fetch("SELECT worker, attempts FROM queue WHERE kind = 'fetch images'").first
            await storage.close()
            return (row?.text(at: 0), row?.integer(at: 1))
        }

        func image(_ serving: Serving) async throws -> JSON {
            try await Client(token: client.token, port: serving.port).get("product/\(product)").json["images"][0]
        }
    }

    @Test func `what a server was at when it was stopped is begun by the next one at once`() async throws {
        let world = try await World.open()
        #expect(try await world.serving.stop() == 0)
        let row = try await world.row()
        #expect(row.worker == nil && row.tries == 0)
        let next = try await world.serve()
        try await eventually("the image", seconds: 10) { try await world.image(next)["width"] == 40 }
        #expect(try await next.stop() == 0)
        await world.outside.stop()
    }

    @Test func `what a killed server was at is done by another when its lease has ended`() async throws {
        let world = try await World.open()
        // On SQLite there is no other while one runs.
        let isShared = Engine.current == .postgres
        let other = isShared ? try await world.serve() : nil
        try await world.serving.kill()
        let row = try await world.row()
        #expect(row.worker != nil && row.tries == 1)
        if isShared {
            // Nobody waits half a minute for that here.
            let storage = try await Engine.open(world.binary.database)
            _ = try await storage.write { try $0.run("UPDATE queue SET due = 0 WHERE worker IS NOT NULL") }
            await storage.close()
        }
        let heir = if let other { other } else { try await world.serve() }
        try await eventually("the image", seconds: 10) { try await world.image(heir)["width"] == 40 }
        #expect(world.outside.asked == ["/a.png", "/a.png"])
        #expect(try await heir.stop() == 0)
        #expect(try await world.row().tries == nil)
        await world.outside.stop()
    }

    @Test func `metrics count the runs of every job`() async throws {
        let binary = try await Binary.fresh()
        let serving = try await binary.serve()
        for name in ["expire events", "expire imports", "expire idempotency keys", "bring keys into form"] {
            try await eventually("a run of \(name)", seconds: 30) {
                try await HTTP.send("GET", "/metrics", port: serving.port).text
                    .contains("butik_job_runs_total{job=\"\(name)\"} 1\n")
            }
        }
        let text = try await HTTP.send("GET", "/metrics", port: serving.port).text
        for name in [
            "fetch images", "import", "index products", "write usage", "place events", "sweep the media folder",
        ] {
            #expect(text.contains("butik_job_failures_total{job=\"\(name)\"} 0\n"), "\(name)")
            #expect(text.contains("butik_job_waiting{job=\"\(name)\"} 0\n"), "\(name)")
        }
        #expect(try await serving.stop() == 0)
    }
}
