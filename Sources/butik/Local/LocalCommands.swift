import ArgumentParser
import Commerce
import Glibc
import Persistence
import Resources
import Secrets
import Server

/// What a server does for the commands beside it, through its local door.
enum LocalCommands {
    static let all = [run]

    private static let run: Endpoint = {
        var endpoint = Endpoint(
            .post, path, .local, "run_command",
            "Runs a command of this binary, and says what it says: a line of JSON each.",
            Documentation(
                query: [
                    .init("argument", ["type": "string"], "One word of the command; repeated."),
                    .init("database", ["type": "string"], "The `FileIdentity` of the database that is meant."),
                    .init("file", ["type": "string"], "The path of a file that is too long to be the body."),
                    .init("identity", ["type": "string"], "Its `FileIdentity`."),
                ], contentType: contentType),
            .command { call, storage in
                let settings = try call.services.get(Settings.self)
                try refuseOtherDatabase(call.query["database"], settings)
                let verb = try verb(call.query.items.filter { $0.name == "argument" }.map(\.value))
                let input = try input(call)
                let authenticator = try call.services.get(Authenticator.self)
                let keys = try call.services.get(Keyring.self)
                return answer { output in
                    // A shop or a token may be another one now, or none.
                    defer { authenticator.forget() }
                    try await verb.run(
                        at: Desk(storage: storage, settings: settings, input: input, output: output, keys: { keys }))
                }
            })
        endpoint.takesBytes = true
        endpoint.bodyMax = BatchWrite.bodyMax
        return endpoint
    }()

    static let path = "/local/command"
    private static let contentType = "application/jsonl"

    private static func verb(_ arguments: [String]) throws -> any Verb {
        do {
            if let verb = try Butik.parseAsRoot(arguments) as? any Verb { return verb }
        } catch {
            throw Problem.invalid("?argument", "command", Butik.message(for: error))
        }
        throw Problem.invalid("?argument", "command", "is no command that a server runs")
    }

    /// What was sent, or the file that is named: a path may lead to another one here, as in a container.
    private static func input(_ call: Call) throws -> Input {
        guard let path = call.query["file"] else { return .bytes(call.bytes) }
        guard let file = FileIdentity(path), file.isPlain, file.description == call.query["identity"],
            access(path, R_OK) == 0
        else {
            throw Problem.conflict(
                "other_file",
                "the server cannot read \(path), and takes files of up to \(BatchWrite.bodyMax) bytes from who asks it")
        }
        return .file(path)
    }

    /// Two servers with databases of their own may be told of one data folder.
    private static func refuseOtherDatabase(_ wanted: String?, _ settings: Settings) throws {
        guard case .sqlite(let path) = try Database.kind(of: settings.databaseURL),
            FileIdentity(path)?.description == wanted
        else { throw Problem.conflict("other_database", "the server here has another database") }
    }

    /// Says what a command says as it says it. Where nobody listens any more, the command is told to stop.
    private static func answer(_ work: @escaping @Sendable (Output) async throws -> Void) -> Answer {
        var answer = Answer(contentType: contentType, body: [], isTagged: false)
        answer.stream = { write in
            let (lines, saying) = AsyncStream<[UInt8]>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    saying.yield(await end(of: work, Output { saying.yield($0.json.bytes) }).json.bytes)
                    saying.finish()
                }
                group.addTask {
                    // Only who writes hears that nobody listens: an empty line says nothing.
                    while true {
                        try await Task.sleep(for: .seconds(1))
                        saying.yield([])
                    }
                }
                for await line in lines { try await write(line + [UInt8(ascii: "\n")]) }
                group.cancelAll()
            }
        }
        return answer
    }

    private static func end(of work: (Output) async throws -> Void, _ output: Output) async -> Said {
        do {
            try await work(output)
            return .end(ExitCode.success.rawValue)
        } catch let code as ExitCode {
            return .end(code.rawValue)
        } catch {
            return .failure("\(error)")
        }
    }
}
