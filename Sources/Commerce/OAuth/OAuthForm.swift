import Basics
import Persistence
import Resources

/// What a client has sent: a form, in which an empty value is none (RFC 6749 3.2). Members that nobody knows are passed over.
struct OAuthForm {
    private let members: JSONObject

    init(_ call: Call) throws {
        guard case .object(let members)? = call.body else {
            throw OAuthError.invalidRequest.problem("Send a form: application/x-www-form-urlencoded.")
        }
        self.members = members
    }

    subscript(name: String) -> String? {
        guard case .string(let text)? = members[name], !text.isEmpty else { return nil }
        return text
    }

    func needed(_ name: String) throws -> String {
        guard let value = self[name] else { throw OAuthError.invalidRequest.problem("\(name) is missing.") }
        return value
    }

    // MARK: Who sends it

    var clientID: String { self["client_id"] ?? "" }

    /// The client, proven by its secret where it has one (RFC 6749 2.3). The door has put what a header says beside the rest.
    func client(in storage: any Storage) async throws -> OAuthClient {
        guard let client = try await OAuthClient.named(clientID, in: storage) else {
            throw OAuthError.invalidClient.problem("There is no client with that client_id.")
        }
        switch (client.isPublic, self["client_secret"]) {
        case (true, nil): return client
        case (true, _): throw OAuthError.invalidClient.problem("This client has no secret, and must send none.")
        case (false, let secret?) where client.isProven(by: secret): return client
        case (false, _): throw OAuthError.invalidClient.problem("The client_secret is missing or wrong.")
        }
    }

    /// The same of a client that can prove who it is.
    func provenClient(in storage: any Storage) async throws -> OAuthClient {
        let client = try await client(in: storage)
        guard !client.isPublic else {
            throw OAuthError.invalidClient.problem("This is told to clients that have a secret only.")
        }
        return client
    }
}
