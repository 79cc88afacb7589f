import Basics
import ButikFiles
import Commerce
import Foundation
import Persistence
import Resources
import Secrets
import Support
import Testing

/// One run of all flows of `Tests/Browser` in one browser, before a real server with two shops. The first test that asks starts it.
enum BrowserRun {
    /// What became of a flow.
    struct Told: Sendable {
        let problems: [String]
        /// The templates it looked at.
        let looks: [String]
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL
    /// Where the pictures are.
    private static let shots = root.appending(path: ".build/browser/\(Engine.current)").path
    private static let run = Task { try await run() }

    /// Flows that are tests by name.
    static let expected: Set = [
        "seed", "seed without script", "oauth", "form-action", "framed", "forged", "second factor", "confirm",
        "sessions", "log-out", "forgotten password", "invitation", "token", "mail", "client", "webhook",
    ]

    /// - Throws: `Failed` in every test that asks, since what `#require` threw is recorded in the first one only.
    static func told() async throws -> [String: Told] {
        do {
            return try await run.value
        } catch {
            throw Failed(description: "the run of the browser failed: \(error)")
        }
    }

    /// Records what was wrong in a flow.
    static func expect(_ flow: String) async throws {
        let told = try #require(try await told()[flow], "Tests/Browser/run.py has no flow \(flow)")
        for problem in told.problems { Issue.record("\(problem)\nPictures are in \(shots)") }
    }

    // MARK: What there is

    /// The lines of `pages.txt`, as `pages.py` names their flows.
    static func pages() throws -> [String] {
        try String(contentsOf: root.appending(path: "Tests/Browser/pages.txt"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { line in
                let words = line.split(separator: " ")
                try #require(words.count == 3, "\(line)")
                return "\(words[0]) \(words[2])"
            }
    }

    /// The templates that are pages.
    static func templates() throws -> Set<String> {
        let folder = root.appending(path: "Seeds/console")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Set(
            try names.filter { $0.hasSuffix(".mustache") }
                .filter {
                    try String(contentsOf: folder.appending(path: $0), encoding: .utf8).hasPrefix("{{<frame}}")
                }
                .map { String($0.dropLast(".mustache".count)) })
    }

    // MARK: The run

    private static func run() async throws -> [String: Told] {
        try FileManager.default.createDirectory(atPath: shots, withIntermediateDirectories: true)
        let (binary, mails) = (try await Binary.fresh(), try await MailServer())
        var shops: [String] = []
        for name in ["Sko & Støvler", "Rødt & Hvidt <Aarhus>"] {
            shops.append(String(try await binary.succeed("shop", "create", name).filter(\.isNumber)))
        }
        try await mail(of: Int64(shops[0]) ?? 0, in: binary)
        let port = try Socket.freePort()
        let serving = try await binary.serve(
            "--port", "\(port)",
            settings: ["BUTIK_SMTP_URL": mails.url(), "BUTIK_MAIL_FROM": "Butik <no-reply@butik.test>"])
        try await sell("Blå sko", in: shops[0], binary, port)
        try await sell("Rød kop", in: shops[1], binary, port)
        let world: JSON = [
            "base": .string("http://127.0.0.1:\(port)"), "command": .array(binary.command.map(JSON.string)),
            "mails": .string(mails.file), "shots": .string(shots), "shops": .array(shops.map(JSON.string)),
        ]
        let said = try await Python.run("../Browser/run.py", [], input: world.serialized, seconds: 600)
        #expect(try await serving.stop() == 0)
        return try Dictionary(
            uniqueKeysWithValues: said.split(separator: "\n").map { line in
                let told = try JSONParser.parse(Array(line.utf8))
                print("browser: \(told["flow"].text) in \(told["seconds"].digits) s")
                return (
                    told["flow"].text,
                    Told(problems: told["problems"].elements.map(\.text), looks: told["looks"].elements.map(\.text))
                )
            })
    }

    /// Puts a mail of the shop in line, as its own areas will.
    private static func mail(of shop: Int64, in binary: Binary) async throws {
        let (storage, now) = (try await Engine.open(binary.database), Instant(seconds: 1_772_366_400))
        let keys = try await Keyring.open(.made(binary.keyFile), for: storage, at: now)
        let outbox = Outbox(try MailTemplates { try ButikFiles.seed("templates/" + $0) }, keys)
        try await storage.transact(inShop: shop, publicURL: TestServer.publicURL, at: now) { tx in
            _ = try outbox.queue(MailDraft(.loginNotice, to: "kunde@example.com", ["time": "now"]), in: tx)
        }
        await storage.close()
    }

    private static func sell(_ product: String, in shop: String, _ binary: Binary, _ port: Int) async throws {
        let token = try await binary.succeed("token", "create", "--shop", shop, "--level", "write", "--unlimited")
        let made = try await Client(token: token, port: port).post("product", ["name": .string(product), "price": 100])
        try #require(made.status == 200, "\(made.text)")
    }
}
