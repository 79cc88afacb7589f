import Areas
import ArgumentParser
import Foundation

/// The one binary: a server and the commands around it.
@main
struct Butik: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "butik", abstract: "A headless commerce backend.", version: "1.0.0",
        subcommands: [
            Serve.self, Migrate.self, Seed.self, Import.self, Export.self, Backup.self, Restore.self,
            DoctorCommand.self,
            UserCommand.self, ShopCommand.self, TokenCommand.self, AppCommand.self, RotateKey.self, OpenAPICommand.self,
            Bench.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // Help and usage errors are the parser's to explain; everything else is one line and exit 1.
            if error is ExitCode || Butik.exitCode(for: error) != .failure { exit(withError: error) }
            FileHandle.standardError.write(Data("butik: \(error)\n".utf8))
            exit(withError: ExitCode.failure)
        }
    }
}
