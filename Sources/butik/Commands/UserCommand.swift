import ArgumentParser
import Commerce
import Resources
import Secrets

/// `butik user`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users who look after shops.", subcommands: [Create.self, List.self])

    struct Create: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Makes a user; the password is made and printed unless given.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "E-mail address.") var email: String
        @Option(help: "Name.") var name = ""
        @Flag(help: "Reads the password, 10 characters at least, as a line of standard input.") var passwordStdin =
            false
        @Option(help: "A shop to look after; can be repeated.") var shop: [Int64] = []

        /// The password: everybody on the machine reads command lines.
        func input() throws -> Input {
            guard passwordStdin else { return .nothing }
            guard let line = readLine() else {
                throw Settings.Fault(description: "there is no password on standard input")
            }
            return .text(line)
        }

        func run(at desk: Desk) async throws {
            let password =
                try passwordStdin ? String(decoding: desk.input.read(), as: UTF8.self) : Password.generated()
            let hash = try await desk.hash(password)
            let id = try await desk.storage.write(changing: User.tables) { [self] db in
                try User.add(email, name: name, hash: hash, shops: shop, in: db, now: SystemClock.now())
            }
            desk.output.print("user \(id): \(email)")
            if !passwordStdin { desk.output.print("password: \(password)") }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists users.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await Table.print(
                "SELECT user_id, email, name FROM users ORDER BY user_id", ["user_id", "email", "name"], options)
        }
    }
}

extension Token.Level: ExpressibleByArgument {}
extension TokenText.Format: ExpressibleByArgument {}
