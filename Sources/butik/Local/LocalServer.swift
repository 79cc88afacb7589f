import ArgumentParser
import Basics
import Persistence
import Resources
import Server
import StorageSQLite

/// The server that has the database, reached through its local door: it does what the command line says.
struct LocalServer {
    private let client: PlainHTTP
    private let query: String
    private let inUse: DatabaseInUse

    init(_ settings: Settings, _ inUse: DatabaseInUse) {
        client = PlainHTTP(socket: LocalSocket(data: settings.data).path)
        let words = CommandLine.arguments.dropFirst().map { "argument=" + PercentEncoding.text($0.utf8) }
        let database = FileIdentity(inUse.path).map { "\($0)" } ?? ""
        query = (words + ["database=" + database]).joined(separator: "&")
        self.inUse = inUse
    }

    /// - Throws: what the command would have thrown here, or that the database is in use where no server listens.
    func run(_ input: Input) async throws {
        let bytes = try input.read()
        guard bytes.count <= BatchWrite.bodyMax else {
            throw Settings.Fault(
                description:
                    "a server takes files of up to \(BatchWrite.bodyMax) bytes; stop it, or import the file in parts")
        }
        var reader = SaidReader()
        let headers = [("Content-Type", "application/octet-stream")]
        let status: Int
        do {
            status = try await client.stream("POST", LocalCommands.path + "?" + query, headers, bytes) { part in
                for said in reader.read(part) { Terminal.show(said) }
            }
        } catch is PlainHTTP.NobodyThere {
            throw inUse
        }
        guard status == 200 else { throw Settings.Fault(description: reader.problem(status)) }
        switch reader.last {
        case .end(ExitCode.success.rawValue): return
        case .end(let code): throw ExitCode(code)
        case .failure(let text): throw Settings.Fault(description: text)
        default: throw Settings.Fault(description: "the server stopped before the command was done")
        }
    }
}

/// Makes of the bytes of an answer what a command said.
struct SaidReader {
    private var rest: [UInt8] = []
    /// What was said last.
    private(set) var last: Said?

    /// What is whole by now.
    mutating func read(_ bytes: [UInt8]) -> [Said] {
        rest += bytes
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let said = rest[..<end].split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSONParser.parse(Array(line))).flatMap { Said($0) }
        }
        rest.removeSubrange(...end)
        last = said.last ?? last
        return said
    }

    /// What an answer says that is a problem.
    func problem(_ status: Int) -> String {
        guard case .object(let problem)? = try? JSONParser.parse(rest), case .string(let detail)? = problem["detail"]
        else {
            return "the server answered \(status)"
        }
        return detail
    }
}
