import ArgumentParser
import Commerce

/// `butik app`
struct AppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "Programs that users let into their shops.",
        subcommands: [Client.self, AppList.self, AppApprove.self, AppReject.self])

    struct Client: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "client", abstract: "OAuth clients.",
            subcommands: [ClientCreate.self, ClientList.self, ClientRemove.self])
    }
}

/// `butik app client create`
struct ClientCreate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Registers a client and prints its id and secret, once.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "What users are told that it is called.") var name: String
    @Option(help: "Where answers may go: https, or http on 127.0.0.1, at any port of it; can be repeated.")
    var redirectURI: [String] = []
    @Option(help: "The most that it is given: read, write or all.") var maxLevel: Token.Level
    @Flag(name: .customLong("public"), help: "It can keep no secret, as an app on a phone or in a page.")
    var isPublic = false

    func run(at desk: Desk) async throws {
        let draft = ClientDraft(name: name, redirectURIs: redirectURI, maxLevel: maxLevel, isPublic: isPublic)
        let made = try await desk.storage.write(changing: OAuthClient.tables) { db in
            try OAuthClient.register(draft, in: db, now: SystemClock.now())
        }
        desk.output.print("client_id: \(made.id)")
        if let secret = made.secret { desk.output.print("client_secret: \(secret.text)") }
    }
}

/// `butik app client list`
struct ClientList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists clients.")

    @OptionGroup var options: CommonOptions

    func run() async throws {
        try await Table.print(
            """
            SELECT client_id, name, max_level, CASE WHEN secret_hash IS NULL THEN 'public' ELSE 'secret' END AS kind,
            redirect_uris FROM oauth_clients WHERE removed_on IS NULL ORDER BY created, client_id
            """, ["client_id", "name", "max_level", "kind", "redirect_uris"], options)
    }
}

/// `butik app client remove`
struct ClientRemove: Verb {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes a client and revokes all that it was given.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "Its client_id.") var id: String
    @Flag(help: "Do not ask.") var yes = false

    func input() throws -> Input {
        try Confirmation.ask("Remove client \(id) and revoke its tokens?", yes: yes)
        return .nothing
    }

    func run(at desk: Desk) async throws {
        let isRemoved = try await OAuthClient.remove(
            id, in: desk.storage, publicURL: desk.settings.publicURL, at: SystemClock.now())
        guard isRemoved else { throw AccessFault.settings("there is no client \(id)") }
        desk.output.print("client \(id) is removed")
    }
}
