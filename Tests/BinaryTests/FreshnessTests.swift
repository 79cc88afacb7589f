import Foundation
import Resources
import Support
import Testing

/// What a server remembers or writes later is right within a second (CONTRACT 8, "Everywhere").
@Suite struct FreshnessTests {
    private static let seconds = 1

    @Test func `a token sees its own calls within a second`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        // Later than the first round of a server that has just begun.
        try await eventually("calls of before") { try await client.get("self").json["usage_today"].integer >= 2 }
        let id = try await client.get("self").json["token_id"].integer
        let before = try await client.get("token/\(id)/usage").json["usage"][0]["calls"].integer
        for _ in 1...20 { _ = try await client.get("country/1") }
        try await eventually("20 calls more in self", seconds: Self.seconds) {
            try await client.get("self").json["usage_today"].integer >= before + 20
        }
        #expect(try await client.get("token/\(id)").json["usage_today"].integer >= before + 20)
        #expect(try await client.get("token/\(id)/usage").json["usage"][0]["calls"].integer >= before + 20)
        let used = try await client.get("token/\(id)").json["last_used"]
        // Shown to the second: the next begins within one, and is told within another.
        try await eventually("a later last use", seconds: 1 + Self.seconds) {
            try await client.get("token/\(id)").json["last_used"] != used
        }
        #expect(try await serving.stop() == 0)
    }

    @Test func `a total is right within a second in a process that did not write`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        func total(_ client: Client) async throws -> Int64 {
            try await client.get("product?limit=0").json["paging"]["total"].integer
        }
        #expect(try await total(client) == 1)
        switch Engine.current {
        case .sqlite:
            // There is no second one that writes: a command beside the server goes through it.
            let file = Binary.folder() + ".jsonl"
            try #"{"own_id":"CAP","name":"Cap","price":1}"#.write(toFile: file, atomically: true, encoding: .utf8)
            try await binary.succeed(
                "import", "butik-jsonl", file, "--shop", "1", "--token", client.token, "--url",
                "http://127.0.0.1:\(serving.port)")
            #expect(try await total(client) == 2)
        case .postgres:
            let second = try await binary.serve()
            let other = Client(token: client.token, port: second.port)
            for count in 1...3 as ClosedRange<Int64> {
                #expect(try await total(client) == count)
                #expect(try await total(other) == count)
                try await other.post("product", ["name": "Cap", "price": 1])
                #expect(try await total(other) == count + 1)
                try await eventually("the total of the other process", seconds: Self.seconds) {
                    try await total(client) == count + 1
                }
            }
            #expect(try await second.stop() == 0)
        }
        #expect(try await serving.stop() == 0)
    }
}
