package import Basics
import Crypto
import Foundation
package import Persistence
package import Resources
import Synchronization

/// Finds who a token belongs to. What it found is kept for a second, so that a busy token costs no query a call, and a
/// revoked one dies within that second everywhere and at once in this process.
package final class Authenticator: Sendable {
    /// A token as it stands: who calls, and what that caller may do.
    package struct Grant: Sendable {
        package let principal: Principal
        package let dailyLimit: Int64?
        package let burst: Int64
        package let origins: [String]
        package let addresses: [String]
        package let expires: Instant?
        /// Calls counted in the database today when this was read.
        package let usageToday: Int64
        fileprivate let readAt: Instant
    }

    private static let keptSeconds: Int64 = 1
    private static let keptMax = 10_000
    private static let hostsKeptSeconds: Int64 = 5

    let storage: any Storage
    private let publicURL: String
    private let publicHost: String
    private let grants = Mutex<[SHA256Digest: Grant]>([:])
    /// Raised whenever what is known is forgotten.
    private let generation = Atomic<Int>(0)
    private let hosts = Mutex<Hosts?>(nil)

    /// Which shop a host name belongs to, and the origins any shop lets in.
    private struct Hosts {
        var shops: [String: Int64] = [:]
        var origins: Set<String> = []
        let readAt: Instant
    }

    package init(_ storage: any Storage, publicURL: String) {
        self.storage = storage
        self.publicURL = publicURL
        publicHost = URL(string: publicURL)?.host()?.lowercased() ?? ""
        storage.memory.follow(["tokens", "webshops"]) { [weak self] in self?.forget() }
    }

    /// The grant of a token's text, or nil for what is no valid token now.
    package func grant(for text: String, at now: Instant) async throws -> Grant? {
        let digest = SHA256.hash(data: Array(text.utf8))
        var grant = grants.withLock { $0[digest] }
        if grant.map({ now >= $0.readAt.adding(seconds: Self.keptSeconds) || now < $0.readAt }) ?? true {
            guard TokenText.isPlausible(text) else { return nil }
            let before = generation.load(ordering: .acquiring)
            grant = try await read(Hex.text(digest), now)
            grants.withLock { grants in
                // What was read while a token was being revoked may be from before that.
                guard generation.load(ordering: .acquiring) == before else { return }
                if grants.count >= Self.keptMax { grants.removeAll() }
                grants[digest] = grant
            }
        }
        guard let grant else { return nil }
        if let expires = grant.expires, expires <= now { return nil }
        return grant
    }

    /// Forgets what is known. Done by itself after a token or a shop was changed in this process.
    package func forget() {
        generation.add(1, ordering: .acquiringAndReleasing)
        grants.withLock { $0.removeAll() }
        hosts.withLock { $0 = nil }
    }

    /// The shop that a host name belongs to, if it belongs to one.
    package func shop(ofHost host: String, at now: Instant) async throws -> Int64? {
        // The server's own address is everybody's.
        if host == publicHost { return nil }
        return try await currentHosts(now).shops[host]
    }

    /// Whether some shop or token lets a web origin in. A preflight carries no token, so it cannot ask for one shop.
    package func isKnownOrigin(_ origin: String?, at now: Instant) async throws -> Bool {
        guard let origin else { return false }
        return try await currentHosts(now).origins.contains(origin)
    }

    private func currentHosts(_ now: Instant) async throws -> Hosts {
        if let hosts = hosts.withLock({ $0 }), now >= hosts.readAt,
            now < hosts.readAt.adding(seconds: Self.hostsKeptSeconds)
        {
            return hosts
        }
        let before = generation.load(ordering: .acquiring)
        var hosts = Hosts(readAt: now)
        let answers = try await storage.fetch([
            "SELECT webshop_id, domains, origins FROM webshops WHERE removed_on IS NULL",
            "SELECT origins FROM tokens WHERE removed_on IS NULL AND origins <> '[]'",
        ])
        for row in answers[0] {
            let shop: Int64 = try row["webshop_id"]
            for domain in try JSONText(row["domains"]).texts { hosts.shops[domain] = shop }
            hosts.origins.formUnion(try JSONText(row["origins"]).texts)
        }
        for row in answers[1] { hosts.origins.formUnion(try JSONText(row["origins"]).texts) }
        let read = hosts
        // What was read while a shop was being changed may be from before that.
        self.hosts.withLock { if generation.load(ordering: .acquiring) == before { $0 = read } }
        return read
    }

    private func read(_ hash: String, _ now: Instant) async throws -> Grant? {
        let rows = try await storage.fetch(
            """
            SELECT t.token_id, t.name AS token_name, t.access_level, t.daily_limit, t.burst,
            t.origins AS token_origins, t.ip_list, t.expires, t.use_by, h.expires AS text_expires, (SELECT u.calls FROM token_usage u WHERE u.webshop_id = t.webshop_id AND u.token_id = t.token_id
            AND u.day = \(now.day)) AS usage_today, \(raw: Shop.tenantColumns)
            FROM token_hashes h
            JOIN tokens t ON t.webshop_id = h.webshop_id AND t.token_id = h.token_id
            JOIN webshops w ON w.webshop_id = h.webshop_id
            WHERE h.token_hash = \(hash) AND t.removed_on IS NULL AND w.removed_on IS NULL
            """)
        guard let row = rows.first, let level = AccessLevel(rawValue: try row["access_level"]) else { return nil }
        guard try await isInTime(row, now) else { return nil }
        return Grant(
            principal: Principal(
                tenant: try Shop.tenant(row, publicURL: publicURL), tokenID: try row["token_id"],
                tokenName: try row["token_name"], level: level, textHash: hash),
            dailyLimit: try row["daily_limit"], burst: try row["burst"],
            origins: try JSONText(row["token_origins"]).texts, addresses: try JSONText(row["ip_list"]).texts,
            expires: [try row["expires"], try row["text_expires"]].compactMap { $0 }.min(),
            usageToday: try row["usage_today"] ?? 0, readAt: now)
    }

    /// Whether a token that dies unless it is used by some time has lived to its first use, which is kept at once: no process
    /// that looks later may take it for unused.
    private func isInTime(_ row: Row, _ now: Instant) async throws -> Bool {
        guard let useBy: Instant = try row["use_by"] else { return true }
        guard now < useBy else { return false }
        let (shop, token): (Int64, Int64) = (try row["webshop_id"], try row["token_id"])
        try await storage.write(for: .shop(shop)) { db in
            _ = try db.run("UPDATE tokens SET use_by = NULL WHERE webshop_id = \(shop) AND token_id = \(token)")
        }
        return true
    }
}

extension Instant {
    /// Days since 1970, the unit of daily limits. UTC, so that all shops' counters turn at once.
    package var day: Int64 { milliseconds / 86_400_000 }
}
