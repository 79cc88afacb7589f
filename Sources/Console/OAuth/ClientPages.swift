import Basics
import Commerce
import Persistence
import Resources

/// The programs that are registered with the server, for whoever looks after it.
enum ClientPages {
    static let all = [list, make, remove]

    private static let list = Endpoint(
        page: .get, "/admin/clients", .user, "clients", "The programs that are registered."
    ) { page in try await clients(page) }

    private static func clients(_ page: PageCall, _ problem: Problem? = nil) async throws -> Answer {
        try HealthPages.platformOnly(page)
        let clients = try await OAuthClient.all(in: page.storage)
        let level = page.text("max_level")
        var values: [String: Any] = [
            "clients": clients.map { client -> [String: Any] in
                [
                    "id": client.id, "name": client.name, "level": client.maxLevel.rawValue,
                    "isPublic": client.isPublic, "uris": client.redirectURIs.map(\.text),
                ]
            },
            "hasNone": clients.isEmpty, "name": page.text("name"), "redirect_uris": page.exact("redirect_uris"),
            "levels": Token.Level.allCases.map { one -> [String: Any] in
                ["level": one.rawValue, "isChosen": one.rawValue == level]
            },
        ]
        values.merge(problem.wrongs) { $1 }
        return try page.page("clients", values, status: problem == nil ? 200 : 422)
    }

    private static let make = Endpoint(
        page: .post, "/admin/clients", .confirmed, "register_client", "Registers a program and shows its secret, once."
    ) { page in
        try HealthPages.platformOnly(page)
        let draft = ClientDraft(
            name: page.text("name"),
            redirectURIs: JSON.lines(page.exact("redirect_uris")).elements.map(\.shown),
            maxLevel: Token.Level(rawValue: page.text("max_level")) ?? .read,
            isPublic: !page.text("is_public").isEmpty)
        let (user, now, requestID) = (try page.user(), page.now, page.call.requestID)
        do {
            let made = try await page.storage.write(changing: OAuthClient.tables) { db in
                try OAuthClient.register(draft, by: user.actor, requestID: requestID, in: db, now: now)
            }
            var values: [String: Any] = ["name": draft.name, "id": made.id]
            if let secret = made.secret { values["secret"] = secret.text }
            return try page.page("client_made", values)
        } catch let problem as Problem where problem.kind == .invalid {
            return try await clients(page, problem)
        }
    }

    private static let remove = Endpoint(
        page: .post, "/admin/clients/{client_id}/remove", .confirmed, "remove_client",
        "Removes a program, and all that it was given."
    ) { page in
        try HealthPages.platformOnly(page)
        guard let id = page.call.parameters.first,
            try await OAuthClient.remove(
                id, by: try page.user().actor, requestID: page.call.requestID, in: page.storage,
                publicURL: page.pages.publicURL, at: page.now)
        else { throw Problem(.notFound, "not_found", "There is no such program.") }
        return page.redirect(to: "/admin/clients")
    }
}
