import ArgumentParser
import Basics
import Foundation
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
        let (bytes, file) = try Self.sent(input)
        var reader = SaidReader()
        let headers = [("Content-Type", "application/octet-stream")]
        let status: Int
        do {
            status = try await client.stream("POST", LocalCommands.path + "?" + query + file, headers, bytes) { part in
                for said in reader.read(part) { Terminal.show(said) }
            }
        } catch is PlainHTTP.NobodyThere {
            throw inUse
        } catch {
            throw Self.stopped(" (\(error))")
        }
        guard status == 200 else { throw Settings.Fault(description: reader.problem(status)) }
        switch reader.last {
        case .end(ExitCode.success.rawValue): return
        case .end(let code): throw ExitCode(code)
        case .failure(let text): throw Settings.Fault(description: text)
        default: throw Self.stopped()
        }
    }

    private static func stopped(_ reason: String = "") -> Settings.Fault {
        Settings.Fault(
            description: "the server stopped before the command was done\(reason); what it had done by then is kept")
    }

    /// What is sent of an input: its bytes, or where the server finds the file that is more than it takes in a request.
    private static func sent(_ input: Input) throws -> (bytes: [UInt8], query: String) {
        guard case .file(let path) = input, let file = FileIdentity(path), file.bytes > BatchWrite.bodyMax else {
            return (try input.read(), "")
        }
        let whole = PercentEncoding.text(URL(fileURLWithPath: path).path.utf8)
        return ([], "&file=\(whole)&identity=\(file)")
    }
}
