import Foundation
import Resources
import Support
import Testing

/// `butik import` and `butik export`, as people call them.
@Suite struct ExchangeTests {
    private static func file(_ text: String, _ suffix: String = ".csv") throws -> String {
        let path = Binary.folder() + suffix
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `what is exported is imported again, byte for byte`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "One")
        let opened = try await binary.succeed("shop", "create", "Two")
        let other = String(opened.dropFirst("shop ".count).prefix { $0.isNumber })
        let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Seeds")
        for (name, products) in [("apparel", 20), ("home-and-garden", 20), ("jewelery", 20)] {
            let output = try await binary.succeed(
                "import", "shopify-csv", seeds.appendingPathComponent("shopify-\(name).csv").path, "--shop", "1")
            #expect(output == "\(products) created, 0 updated, 0 unchanged, 0 refused")
        }
        for format in ["butik-jsonl", "butik-csv"] {
            let file = Binary.folder()
            #expect(
                try await binary.succeed("export", format, "--shop", "1", file) == "60 products written to \(file)")
            let made =
                format == "butik-jsonl" ? "60 created, 0 updated, 0 unchanged" : "0 created, 0 updated, 60 unchanged"
            #expect(try await binary.succeed("import", format, file, "--shop", other) == made + ", 0 refused")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let ended = try await binary.run("export", format, "--shop", other)
            #expect(ended.status == 0)
            #expect(ended.output == text)
            #expect(text.contains("Anchor Bracelet") || text.contains("anchor"))
        }
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    @Test func `beside a running server the file goes through its API where there is a token`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let file = try Self.file("own_id,name,price\nA,Lamp,5\nB,,5\n")
        let url = "http://127.0.0.1:\(serving.port)"
        if Engine.current == .sqlite {
            // Nobody listens at the local door.
            try FileManager.default.removeItem(atPath: binary.data + "/butik.sock")
            let refused = try await binary.run("import", "butik-csv", file, "--shop", "1")
            #expect(refused.status == 1)
            #expect(refused.lastLine.contains("(pid \(serving.program.identifier)) is using"))
            #expect(refused.lastLine.hasSuffix("with a token in BUTIK_TOKEN the import goes through its HTTP API"))
            let other = try await binary.run(
                "import", "butik-csv", file, "--shop", "2", "--token", client.token, "--url", url)
            #expect(other.lastLine == "butik: the token is of shop 1, not of shop 2")
        }
        let ended = try await binary.run(
            ["import", "butik-csv", file, "--shop", "1", "--url", url], environment: ["BUTIK_TOKEN": client.token])
        #expect(ended.status == 1)
        #expect(ended.output == "1 created, 0 updated, 0 unchanged, 1 refused\n")
        #expect(ended.error.contains("record 2, column name: is required and cannot be empty\n"))
        #expect(try await client.get("product/own_id:A").json["name"] == "Lamp")
        let exported = try await binary.run("export", "butik-jsonl", "--shop", "1")
        #expect(exported.status == 0)
        #expect(exported.output.contains(#""name":"Lamp""#))
        #expect(try await serving.stop() == 0)
    }

    @Test func `a server does the jobs that wait, also those that waited while it was down`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, _) = try await binary.openShop { try await binary.serve() }
        let lines = (1...3000).map { #"{"own_id":"P\#($0)","name":"P","price":1}"# }.joined(separator: "\n")
        let reply = try await HTTP.send(
            "POST", "/REST/import?format=butik-jsonl", body: Array(lines.utf8),
            headers: ["Authorization": "Bearer \(client.token)"], port: serving.port)
        let id = reply.json["import_id"].integer
        try await eventually("a job that is under way") {
            try await client.get("import/\(id)").json["status"] != "queued"
        }
        // On Postgres the lease of a server that was killed has to run out; ImportTests has a clock for that.
        if Engine.current == .sqlite { try await serving.kill() } else { try await serving.stop() }
        let next = try await binary.serve()
        let again = Client(token: client.token, port: next.port)
        try await eventually("the end of the job", seconds: 120) {
            try await again.get("import/\(id)").json["status"] == "done"
        }
        let job = try await again.get("import/\(id)").json
        #expect((job["done"], job["failed_count"]) == (3000, 0))
        #expect(try await again.get("product?limit=0").json["paging"]["total"] == 3001)
        #expect(try await next.stop() == 0)
        #expect(try await binary.succeed("doctor").hasPrefix("All "))
    }

    @Test func `a file or a format that is not there ends with one line`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Test")
        let missing = try await binary.run("import", "butik-csv", "/nowhere.csv", "--shop", "1")
        #expect((missing.status, missing.lastLine) == (1, "butik: /nowhere.csv cannot be read"))
        let header = try await binary.run("import", "butik-csv", try Self.file("a,b\n"), "--shop", "1")
        #expect((header.status, header.lastLine) == (1, "butik: line 1: the header has no column own_id"))
        #expect(try await binary.run("import", "excel", "x", "--shop", "1").status == 64)
        #expect(try await binary.run("export", "excel", "--shop", "1").status == 64)
        let nowhere = try await binary.run("export", "butik-csv", "--shop", "1", "/nowhere/x.csv")
        #expect((nowhere.status, nowhere.lastLine) == (1, "butik: /nowhere/x.csv cannot be written"))
        #expect(try await binary.run("export", "butik-csv", "--shop", "9").lastLine == "butik: there is no shop 9")
    }

    @Test func `an export is written through a link, and leaves a device what it is`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Test")
        let file = Binary.folder() + ".jsonl"
        let link = file + ".link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        try await binary.succeed("export", "butik-jsonl", "--shop", "1", link)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
        #expect(FileManager.default.fileExists(atPath: file))
        let nothing = try await binary.succeed("export", "butik-jsonl", "--shop", "1", "/dev/null")
        #expect(nothing == "0 products written to /dev/null")
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(type == .typeCharacterSpecial)
    }
}
