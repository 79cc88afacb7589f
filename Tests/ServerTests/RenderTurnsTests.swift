import Foundation
import Media
import Resources
import Support
import Testing

/// Pictures are made for everybody in turn: who wants thousands waits for them alone.
@Suite struct RenderTurnsTests {
    /// A library whose renderer makes nothing until it is let, and tells what it was asked for in order.
    private struct Studio {
        let folder: String
        let library: MediaLibrary

        init(clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) throws {
            folder = NSTemporaryDirectory() + "butik_studio_\(UInt64.random(in: 0 ... .max))"
            let programs = folder + "/programs"
            try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: programs + "/prlimit", withDestinationPath: "/usr/bin/prlimit")
            let script = """
                #!/bin/sh
                size="$2"
                while [ "$1" != -o ]; do shift; done
                out="${2%%\\[*}"
                echo "$3 $size" >> \(folder)/begun
                while [ ! -e \(folder)/open ]; do /bin/sleep 0.02; done
                echo picture > "$out"

                """
            try Data(script.utf8).write(to: URL(fileURLWithPath: programs + "/vipsthumbnail"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: programs + "/vipsthumbnail")
            library = MediaLibrary(folder: folder + "/media", programs: programs, clock: clock)
        }

        init(at clock: TestClock) throws {
            let (zero, start) = (ContinuousClock.now, clock.now)
            try self.init(clock: { zero + .milliseconds(clock.now.milliseconds - start.milliseconds) })
        }

        /// The shop and the sides of what was begun so far.
        var begun: [String] {
            let text = (try? String(contentsOfFile: folder + "/begun", encoding: .utf8)) ?? ""
            return text.split(separator: "\n").map { line in
                let parts = line.dropFirst(folder.count).split { "/ x".contains($0) }
                return "\(parts[1]) \(parts[parts.count - 2])"
            }
        }

        func open() { _ = FileManager.default.createFile(atPath: folder + "/open", contents: nil) }

        func close() { try? FileManager.default.removeItem(atPath: folder) }

        /// Asks for a rendition and answers 200 or the status of the refusal.
        func ask(_ side: Int, _ asker: RenderAsker, _ sha256: String) async throws -> Int {
            let wish = try #require(Rendition.parse("1/fit-\(side)x9x90.png")).rendition
            do {
                return try await library.rendition(wish, of: sha256, type: .png, for: asker) == nil ? 404 : 200
            } catch let problem as Problem {
                #expect(problem.headers.contains { $0.name == "Retry-After" })
                return problem.kind.rawValue
            }
        }
    }

    @Test func `a client has one picture made at a time, and another shop's comes next`() async throws {
        let studio = try Studio()
        defer { studio.close() }
        let one = try await studio.library.keep(Picture.png(40, 30), as: .image, shop: 1).get().sha256
        let two = try await studio.library.keep(Picture.png(40, 30), as: .image, shop: 2).get().sha256
        let three = try await studio.library.keep(Picture.png(40, 30), as: .image, shop: 3).get().sha256
        let greedy = RenderAsker(shop: 1, address: "192.0.2.1")
        try await withThrowingTaskGroup(of: Int.self) { group in
            for side in 1...90 { group.addTask { try await studio.ask(side, greedy, one) } }
            // One is under way and 64 wait; the others are told to come again.
            for _ in 1...25 { #expect(try await group.next() == 429) }
            try await eventually("the first") { studio.begun.count == 1 }
            // The same client in another shop waits for its own turn only, another client takes the second place at once.
            group.addTask { try await studio.ask(200, RenderAsker(shop: 2, address: "192.0.2.1"), two) }
            group.addTask { try await studio.ask(201, RenderAsker(shop: 3, address: "192.0.2.2"), three) }
            try await eventually("the other client's") { studio.begun.count == 2 }
            #expect(studio.begun[1] == "3 201")
            try await eventually("all others in line") { await studio.library.lineLength == 65 }
            studio.open()
            for _ in 1...67 { #expect(try await group.next() == 200) }
            #expect(try await group.next() == nil)
        }
        // The same client's picture of another shop comes before all the others that he wants of the first.
        #expect(studio.begun.firstIndex(of: "2 200") == 2, "\(studio.begun)")
        // What is made is shown, however much somebody has asked for.
        #expect(try await studio.ask(200, RenderAsker(shop: 2, address: "192.0.2.1"), two) == 200)
    }

    @Test func `of a shop with too many in line the client who wants most gives way`() async throws {
        let studio = try Studio()
        defer { studio.close() }
        let image = try await studio.library.keep(Picture.png(40, 30), as: .image, shop: 1).get().sha256
        try await withThrowingTaskGroup(of: Int.self) { group in
            // Two are under way, and 4 x 64 wait.
            for client in 0..<4 {
                for place in 1...(client < 2 ? 65 : 64) {
                    group.addTask {
                        try await studio.ask(
                            client * 100 + place, RenderAsker(shop: 1, address: "192.0.2.\(client)"), image)
                    }
                }
                if client < 2 { try await eventually("a beginning") { studio.begun.count == client + 1 } }
            }
            group.addTask { try await studio.ask(999, RenderAsker(shop: 1, address: "192.0.2.9"), image) }
            #expect(try await group.next() == 503, "somebody of the four")
            studio.open()
            for _ in 1...258 { #expect(try await group.next() == 200) }
            #expect(try await group.next() == nil)
        }
        #expect(studio.begun.contains("1 999"))
    }

    @Test func `a client's work is counted, and paid back with time`() async throws {
        let clock = TestClock()
        let studio = try Studio(at: clock)
        defer { studio.close() }
        let image = try await studio.library.keep(Picture.png(40, 30), as: .image, shop: 1).get().sha256
        let client = RenderAsker(shop: 1, address: "192.0.2.1", isMetered: true)
        // One that takes 61 s by this clock.
        async let first = studio.ask(1, client, image)
        try await eventually("the first") { studio.begun.count == 1 }
        clock.advance(seconds: 61)
        studio.open()
        #expect(try await first == 200)
        #expect(try await studio.ask(2, client, image) == 429)
        #expect(try await studio.ask(1, client, image) == 200, "it is made already")
        #expect(try await studio.ask(3, RenderAsker(shop: 1, address: "192.0.2.2", isMetered: true), image) == 200)
        let other = try await studio.library.keep(Picture.png(40, 30), as: .image, shop: 2).get().sha256
        let elsewhere = RenderAsker(shop: 2, address: "192.0.2.1", isMetered: true)
        #expect(try await studio.ask(1, elsewhere, other) == 429, "one address, whatever the shop")
        #expect(try await studio.ask(4, RenderAsker(shop: 1, address: "127.0.0.1"), image) == 200)
        clock.advance(seconds: 3)
        #expect(try await studio.ask(2, client, image) == 429)
        clock.advance(seconds: 2)
        #expect(try await studio.ask(2, client, image) == 200)
    }

    @Test func `who stood in line before the work was done is asked for it too`() async throws {
        let clock = TestClock()
        let studio = try Studio(at: clock)
        defer { studio.close() }
        let image = try await studio.library.keep(Picture.png(40, 30), as: .image, shop: 1).get().sha256
        let client = RenderAsker(shop: 1, address: "192.0.2.1", isMetered: true)
        async let first = studio.ask(1, client, image)
        try await eventually("the first") { studio.begun.count == 1 }
        async let others = together(20) { try await studio.ask(100 + $0, client, image) }
        try await eventually("the others in line") { await studio.library.lineLength == 20 }
        // Another client wants one of them too, and pays for it.
        async let same = studio.ask(105, RenderAsker(shop: 1, address: "192.0.2.2", isMetered: true), image)
        clock.advance(seconds: 61)
        studio.open()
        #expect(try await first == 200)
        let refused = try await others.count { $0 == 429 }
        #expect(refused >= 19)
        #expect(try await same == 200)
        #expect(studio.begun.count == 2)
    }

    @Test func `of too many in all the shop that wants most gives way`() {
        var turns = RenderTurns<Int>()
        // Three shops with few clients fill the line, as does one with many.
        for number in 0..<1024 {
            let asker = RenderAsker(shop: Int64(number % 4), address: "192.0.2.\(number / 64)")
            #expect(turns.wait(asker, number) == nil)
        }
        for newcomer in 0..<64 {
            let refused = turns.wait(RenderAsker(shop: 9, address: "198.51.100.1"), 2000 + newcomer)
            #expect(refused.map { $0.ticket < 1024 } == true)
            #expect(refused?.reason == .crowded)
        }
        #expect(turns.lineLength == 1024)
        #expect(turns.wait(RenderAsker(shop: 9, address: "198.51.100.1"), 2064)?.reason == .tooMany)
        #expect(turns.wait(RenderAsker(shop: 9), 3000) == nil, "what a token brings in")
        // Shops take turns, and clients of a shop.
        var shops: Set<Int64> = []
        for _ in 0..<5 {
            guard let ticket = turns.next() else { break }
            let shop = ticket < 1024 ? Int64(ticket % 4) : 9
            shops.insert(shop)
            turns.end(
                ticket == 3000
                    ? RenderAsker(shop: 9)
                    : RenderAsker(
                        shop: shop, address: ticket < 1024 ? "192.0.2.\(ticket / 64)" : "198.51.100.1"))
        }
        #expect(shops == [0, 1, 2, 3, 9])
    }
}
