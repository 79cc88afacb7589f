import Areas
import Basics
import Commerce
import Persistence
import Resources

/// A request for a page about one shop. The page does there what any client of the API does, as its user's role allows: the rules,
/// the events and the faults are the same.
struct ShopCall: Sendable {
    let page: PageCall
    let role: Role
    let member: ShopMember

    /// The shop that `shop` of the form or the address names, else the first that the user looks after.
    /// - Throws: 404 where it is none of theirs; `NoShop` where they have none.
    init(_ page: PageCall) async throws {
        let (user, url) = (try page.user(), page.pages.publicURL)
        let wish = page.text("shop").isEmpty ? nil : WholeNumber(strict: page.text("shop"))?.int64 ?? 0
        let found = try await page.storage.read { db -> (Membership, Tenant)? in
            let membership =
                try wish.map { try Membership.of(user, in: $0, db) } ?? Membership.of(user, in: db).first
            guard let membership, let tenant = try Shop.tenant(membership.shop, in: db, publicURL: url) else {
                return nil
            }
            return (membership, tenant)
        }
        guard let (membership, tenant) = found else {
            throw Problem(.notFound, "no_shop", "This is none of the shops that you look after.")
        }
        (self.page, role) = (page, membership.role)
        let level = AccessLevel(rawValue: membership.role.level.rawValue) ?? .read
        member = ShopMember(user, in: tenant, upTo: level)
    }

    var shop: Int64 { member.tenant.webshopID }

    private static let endpoints = Dictionary(House.endpoints.map { ($0.name, $0) }) { first, _ in first }

    /// Does what a call of the API does.
    /// - Parameter name: of the operation, as the OpenAPI document has it.
    /// - Throws: the problem that a client would be told; 403 where the role does not reach.
    @discardableResult
    func api(
        _ name: String, _ parameters: [String] = [], query: [(String, String)] = [], _ body: JSON? = nil
    ) async throws -> JSON {
        guard let endpoint = Self.endpoints[name], case .token(let level) = endpoint.access else {
            throw Problem(.internal, "internal", "There is no operation \(name).")
        }
        guard level <= member.level else {
            throw Problem(.forbidden, "role", "As \(role.words) of this shop you cannot do that.")
        }
        var call = Call(
            endpoint: endpoint, caller: .member(member), requestID: page.call.requestID, now: page.now,
            parameters: parameters, query: Query(query.map { Query.Item(name: $0.0, value: $0.1) }), body: body)
        (call.clock, call.services, call.address) = (page.call.clock, page.call.services, page.call.address)
        return try JSONParser.parse(try await call.answer(from: page.storage).body)
    }

    /// - Throws: 403 for whoever does not own the shop.
    func ownerOnly() throws {
        guard role == .owner else {
            throw Problem(.forbidden, "role", "Only an owner of the shop does that; you are \(role.words).")
        }
    }

    // MARK: Answers

    func page(_ name: String, _ values: [String: Any] = [:], status: Int = 200) throws -> Answer {
        var all = values
        all["shop"] = ["id": String(shop), "name": member.tenant.name]
        all["isOwner"] = role == .owner
        return try page.page(name, all, status: status)
    }

    func redirect(to path: String) -> Answer {
        page.redirect(to: path + (path.contains("?") ? "&" : "?") + "shop=\(shop)")
    }

    /// Does something, and shows a page again where that was refused for what was sent.
    func attempt(
        _ work: () async throws -> Answer, orAgain again: (Problem) async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await work()
        } catch let problem as Problem where [.invalid, .conflict, .preconditionFailed].contains(problem.kind) {
            return try await again(problem)
        } catch let fault as AccessFault {
            return try await again(Problem(.invalid, "access", fault.description))
        }
    }
}

extension Endpoint {
    /// A page about one shop, or what one of its forms does.
    init(
        shopPage method: Method, _ path: String, _ need: PageNeed, _ name: String, _ summary: String,
        _ work: @escaping @Sendable (ShopCall) async throws -> Answer
    ) {
        self.init(page: method, path, need, name, summary) { page in try await work(try await ShopCall(page)) }
    }
}

extension JSON {
    /// What a page shows of a value: empty where it is null.
    var shown: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let flag): flag ? "yes" : "no"
        case .array(let elements): elements.map(\.shown).joined(separator: ", ")
        case .object: serialized
        }
    }

    subscript(name: String) -> JSON {
        if case .object(let object) = self { object[name] ?? .null } else { .null }
    }

    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var isTrue: Bool { shown == "1" || shown == "yes" }

    /// The members of an object for a template, each as text.
    var values: [String: Any] {
        guard case .object(let object) = self else { return [:] }
        return Dictionary(object.members.map { ($0.name, $0.value.shown as Any) }) { $1 }
    }
}
