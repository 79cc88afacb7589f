import ArgumentParser
import Basics
import Commerce
import Persistence
import Resources
import Secrets

/// `butik user`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users who look after shops.",
        subcommands: [
            Create.self, List.self, SetRole.self, Invite.self, SetPassword.self, DropSecondFactor.self,
            ListSessions.self, EndSessions.self, Remove.self,
        ])

    struct Create: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Makes a user; the password is made and printed unless given.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var secret: PasswordOption
        @Argument(help: "E-mail address.") var email: String
        @Option(help: "Name.") var name = ""
        @Option(help: "A shop to look after; can be repeated.") var shop: [Int64] = []
        @Option(help: "What the user is in those shops: owner, staff or read_only.") var role = Role.owner
        @Flag(help: "Looks after the server and all its shops.") var platform = false

        func input() throws -> Input { try secret.input() }

        func run(at desk: Desk) async throws {
            let password = try secret.password(desk, of: email)
            let hash = try await desk.hash(password)
            let id = try await desk.storage.write(changing: User.tables) { [self] db in
                try User.add(
                    email, name: name, hash: hash, isPlatform: platform, shops: shop, as: role,
                    by: .command(at: SystemClock.now()), in: db)
            }
            desk.output.print("user \(id): \(email)")
            secret.tell(password, desk)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists users.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await Table.print(
                """
                SELECT u.user_id, u.email, u.name, CASE WHEN u.is_platform = 1 THEN 'yes' ELSE '' END AS platform,
                coalesce(m.webshop_id, 0) AS webshop_id, coalesce(m.role, '') AS role
                FROM users u LEFT JOIN webshop_users m ON m.user_id = u.user_id ORDER BY u.user_id, m.webshop_id
                """, ["user_id", "email", "name", "platform", "shop", "role"], options)
        }
    }

    struct SetRole: Verb {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Gives a user a role in a shop, or takes the user out of it.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "E-mail address.") var email: String
        @Option(help: "The shop.") var shop: Int64
        @Option(help: "owner, staff, read_only, or none.") var role: String

        func validate() throws {
            guard role == "none" || Role(rawValue: role) != nil else {
                throw ValidationError("--role takes owner, staff, read_only or none")
            }
        }

        func run(at desk: Desk) async throws {
            try await desk.storage.write(changing: User.tables) { [self] db in
                let (user, doer) = (try UserCommand.user(email, in: db), Doer.command(at: SystemClock.now()))
                if let role = Role(rawValue: role) {
                    try Membership.set(role, of: user.id, in: shop, by: doer, db)
                } else {
                    try Membership.remove(user.id, from: shop, by: doer, db)
                }
            }
            desk.output.print(
                role == "none" ? "\(email) is out of shop \(shop)" : "\(email) is \(role) of shop \(shop)")
        }
    }

    struct Invite: Verb {
        static let configuration = CommandConfiguration(abstract: "Invites somebody to a shop by mail.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "E-mail address.") var email: String
        @Option(help: "The shop.") var shop: Int64
        @Option(help: "owner, staff or read_only.") var role = Role.staff

        func run(at desk: Desk) async throws {
            let (outbox, url) = (try desk.outbox(try await desk.keys()), desk.settings.publicURL)
            try await desk.storage.transact(inShop: shop, publicURL: url, at: SystemClock.now()) { [self] tx in
                try Invitation.send(to: email, as: role, by: "The owner of the server", publicURL: url, outbox, in: tx)
            }
            desk.output.print("\(email) is invited to shop \(shop) as \(role.words)")
        }
    }

    struct Remove: Verb {
        static let configuration = CommandConfiguration(abstract: "Removes a user for good.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "E-mail address.") var email: String
        @Flag(help: "Do not ask.") var yes = false

        func input() throws -> Input {
            try Confirmation.ask("Remove the user \(email)?", yes: yes)
            return .nothing
        }

        func run(at desk: Desk) async throws {
            try await desk.storage.write(changing: User.tables) { [email] db in
                try User.remove(
                    try UserCommand.user(email, in: db).id, by: .command(at: SystemClock.now()), in: db)
            }
            desk.output.print("\(email) is removed")
        }
    }

    static func user(_ email: String, in db: any Connection) throws -> User {
        guard let user = try User.with(email: email, in: db) else { throw AccessFault.noUser(email) }
        return user
    }
}

extension Role: ExpressibleByArgument {}
extension Token.Level: ExpressibleByArgument {}
extension TokenText.Format: ExpressibleByArgument {}
