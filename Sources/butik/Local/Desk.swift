import ButikFiles
import Commerce
import Persistence
import Secrets

/// What a command works with, wherever it runs.
struct Desk: Sendable {
    let storage: any Storage
    let settings: Settings
    let input: Input
    let output: Output
    /// The master keys, for whoever seals something or hashes a password: those of the server, or of this command.
    let keys: @Sendable () async throws -> Keyring
}

extension Desk {
    /// What is to be stored of a password.
    func hash(_ password: String) async throws -> String {
        let keys = try await keys()
        return try await Password.hash(password, try await storage.read { try Peppers(keys, in: $0) })
    }
}

extension Desk {
    /// Where mails are written.
    func outbox(_ keys: Keyring) throws -> Outbox {
        Outbox(try MailTemplates { try ButikFiles.seed("templates/" + $0) }, keys)
    }
}
