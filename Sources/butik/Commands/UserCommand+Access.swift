import ArgumentParser
import Basics
import Commerce
import Foundation
import Persistence

/// What lets a user in, for whoever owns the server.
extension UserCommand {
    struct SetPassword: Verb {
        static let configuration = CommandConfiguration(
            commandName: "password", abstract: "Gives a user another password and ends their sessions.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var secret: PasswordOption
        @Argument(help: "E-mail address.") var email: String

        func input() throws -> Input { try secret.input() }

        func run(at desk: Desk) async throws {
            let password = try secret.password(desk, of: email)
            let hash = try await desk.hash(password)
            try await desk.storage.write(changing: User.tables) { [email] db in
                let user = try UserCommand.user(email, in: db)
                try User.change(
                    passwordHash: hash, of: user.id, by: .command(at: SystemClock.now()), in: db)
            }
            desk.output.print("\(email) has another password")
            secret.tell(password, desk)
        }
    }

    struct DropSecondFactor: Verb {
        static let configuration = CommandConfiguration(
            commandName: "drop-second-factor", abstract: "Turns a user's second factor off, for whoever has lost it.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "E-mail address.") var email: String

        func run(at desk: Desk) async throws {
            try await desk.storage.write(changing: User.tables) { [email] db in
                try SecondFactor.turnOff(
                    of: try UserCommand.user(email, in: db).id, by: .command(at: SystemClock.now()), in: db)
            }
            desk.output.print("\(email) logs in with the password alone")
        }
    }

    struct ListSessions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sessions", abstract: "Lists who is logged in, or was within 30 days.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await Table.print(
                """
                SELECT u.email, s.session_id, s.address, CASE WHEN s.ended IS NULL THEN '' ELSE 'yes' END AS ended,
                s.user_agent FROM sessions s JOIN users u ON u.user_id = s.user_id
                ORDER BY u.email, s.last_used DESC, s.session_id
                """, ["email", "session_id", "address", "ended", "user_agent"], options)
        }
    }

    struct EndSessions: Verb {
        static let configuration = CommandConfiguration(
            commandName: "end-sessions", abstract: "Logs a user out everywhere.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "E-mail address.") var email: String

        func run(at desk: Desk) async throws {
            try await desk.storage.write(changing: User.tables) { [email] db in
                let user = try UserCommand.user(email, in: db)
                try Sessions.endAll(of: user.id, in: db, now: SystemClock.now())
            }
            desk.output.print("\(email) is logged out")
        }
    }
}

/// A password from standard input: everybody on the machine reads command lines.
struct PasswordOption: ParsableArguments {
    @Flag(help: "Reads the password, 10 characters at least, as a line of standard input.") var passwordStdin = false

    func input() throws -> Input {
        guard passwordStdin else { return .nothing }
        guard let line = readLine() else {
            throw Settings.Fault(description: "there is no password on standard input")
        }
        return .text(line)
    }

    /// The one given, or a new one.
    func password(_ desk: Desk, of email: String) throws -> String {
        guard passwordStdin else { return Password.generated() }
        let password = String(decoding: try desk.input.read(), as: UTF8.self)
        if let fault = Password.fault(password, of: email) { throw fault }
        return password
    }

    /// Says it, where nobody knows it yet.
    func tell(_ password: String, _ desk: Desk) {
        if !passwordStdin { desk.output.print("password: \(password)") }
    }
}
