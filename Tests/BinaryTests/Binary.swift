import Basics
import Foundation
import Resources
import Support
import Testing

/// The real `butik` with a data folder and a database of a test's own.
struct Binary: Sendable {
    let data: String
    let database: String

    /// It is built into the folder of the test bundle.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("butik")

    /// What a program left behind.
    struct Ended: Sendable {
        let status: Int32
        let output: String
        let error: String

        /// What it said in the end.
        var lastLine: String { error.split(separator: "\n").last.map(String.init) ?? "" }
    }

    /// A place with an empty database, or with one that is migrated.
    static func fresh(migrated: Bool = true, on engine: Engine = .current) async throws -> Binary {
        let (url, storage) = try await Engine.emptyDatabase(on: engine)
        await storage.close()
        let binary = Binary(data: folder(), database: url)
        if migrated { try await binary.succeed("migrate") }
        return binary
    }

    /// The same for a backup of another place, with that one's master key.
    static func fresh(keyOf other: Binary) async throws -> Binary {
        let binary = try await fresh(migrated: false)
        try binary.takeKey(of: other)
        return binary
    }

    func takeKey(of other: Binary) throws {
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: other.keyFile, toPath: keyFile)
    }

    var keyFile: String { data + "/master.key" }

    static func folder() -> String {
        NSTemporaryDirectory() + "butik_data_\(getpid())_\(UInt32.random(in: 0 ... .max))"
    }

    /// The same command on another place.
    func with(data: String? = nil, database: String? = nil) -> Binary {
        Binary(data: data ?? self.data, database: database ?? self.database)
    }

    // MARK: Commands

    /// Runs a command to its end with exactly these arguments.
    /// - Parameter tool: a program that starts it and looks on, with its own arguments.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], under tool: [String] = [], input: String = "",
        seconds: Int = 120
    ) async throws -> Ended {
        let program =
            tool.isEmpty
            ? try Program(executable, arguments, environment, input: input)
            : try Program(URL(fileURLWithPath: "/usr/bin/env"), tool + [executable.path] + arguments, environment)
        try await eventually("the end of butik \(arguments.first ?? "")", seconds: seconds) { !program.isRunning }
        return Ended(status: program.status, output: program.output, error: program.error)
    }

    func run(
        _ arguments: [String], environment: [String: String] = [:], under tool: [String] = [], input: String = ""
    ) async throws -> Ended {
        try await Binary.run(arguments + places, environment: environment, under: tool, input: input)
    }

    /// Starts a command and does not wait for it.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        try Program(Binary.executable, arguments + places, environment)
    }

    func run(_ arguments: String...) async throws -> Ended { try await run(arguments) }

    @discardableResult
    func succeed(_ arguments: String...) async throws -> String {
        let ended = try await run(arguments)
        try #require(ended.status == 0, "butik \(arguments): \(ended.error)")
        return ended.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// How others run a command of it: the program, and what stands behind the command's own arguments.
    var command: [String] { [Binary.executable.path] + places }

    private var places: [String] { ["--data", data, "--database-url", database] }

    // MARK: Serving

    /// Starts the server on a free port and waits until it is ready.
    func serve(_ arguments: String..., settings: [String: String] = [:]) async throws -> Serving {
        let environment = ["BUTIK_RATE_LIMIT": "off", "BUTIK_LOG_LEVEL": "notice"].merging(settings) { $1 }
        let program = try Program(
            Binary.executable, ["serve", "--port", "0"] + places + arguments, environment)
        var port: Int?
        try await eventually("a server that is ready") {
            port = port ?? program.error.firstMatch(of: /serving on http:\/\/127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
            if !program.isRunning { throw Stopped(error: program.error) }
            guard let port, let reply = try? await HTTP.send("GET", "/readyz", port: port) else { return false }
            return reply.status == 200
        }
        return Serving(program: program, port: port ?? 0)
    }

    struct Stopped: Error {
        let error: String
    }

    /// A shop, a token that may write, and a product to sell.
    func openShop(
        _ server: () async throws -> Serving
    ) async throws -> (serving: Serving, client: Client, product: Int64) {
        try await succeed("shop", "create", "Test shop")
        let token = try await succeed("token", "create", "--shop", "1", "--level", "all", "--unlimited")
        let serving = try await server()
        let client = Client(token: token, port: serving.port)
        let product = try await client.post("product", ["name": "Shirt", "price": 100]).json["product_id"].integer
        try await client.put("stock/\(product)", ["count": 1_000_000])
        return (serving, client, product)
    }
}

/// A server that runs as a process of its own.
struct Serving: Sendable {
    let program: Program
    let port: Int

    /// Asks it to stop and answers how it did.
    @discardableResult
    func stop() async throws -> Int32 {
        program.signal(SIGTERM)
        try await eventually("the end of the server") { !program.isRunning }
        return program.status
    }

    func kill() async throws {
        program.signal(SIGKILL)
        try await eventually("the end of the server") { !program.isRunning }
    }
}

/// Somebody with a token.
struct Client: Sendable {
    let token: String
    var port: Int

    @discardableResult
    func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> Reply {
        var headers = ["Authorization": "Bearer \(token)"]
        if body != nil { headers["Content-Type"] = "application/json" }
        return try await HTTP.send(method, "/REST/" + path, body: body?.bytes ?? [], headers: headers, port: port)
    }

    func get(_ path: String) async throws -> Reply { try await send("GET", path) }

    @discardableResult
    func post(_ path: String, _ body: JSON) async throws -> Reply { try await send("POST", path, body) }

    @discardableResult
    func put(_ path: String, _ body: JSON) async throws -> Reply { try await send("PUT", path, body) }
}
