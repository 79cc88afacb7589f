import Basics
import Commerce
import Resources

/// How the server does, for whoever looks after it.
enum HealthPages {
    static let all = [health, platformMails]

    private static let health = Endpoint(
        page: .get, "/admin/health", .user, "health_page", "The work that waits, and what fails."
    ) { page in
        try platformOnly(page)
        let now = page.now
        let report = try await page.storage.read { try QueueReport(in: $0, now: now) }
        let kinds = report.kinds.map { kind in
            [
                "kind": kind.name, "waiting": String(kind.inLine), "due": String(kind.due),
                "running": String(kind.underWay), "failing": String(kind.failing),
            ]
        }
        let failing = report.failing.map { one in
            [
                "kind": one.kind, "of": String(one.shop), "subject": String(one.subject),
                "attempts": String(one.tries), "due": Timestamp.page(one.due), "error": one.error,
            ]
        }
        return try page.page(
            "health",
            [
                "queues": kinds, "failing": failing, "hasNoFailing": failing.isEmpty,
                "engine": page.storage.dialect == .sqlite ? "SQLite" : "Postgres", "now": Timestamp.page(now),
            ])
    }

    private static let platformMails = Endpoint(
        page: .get, "/admin/platform-mails", .user, "platform_mails", "The mails of the platform, without their words."
    ) { page in
        try platformOnly(page)
        let mails = try await page.storage.read { try PlatformMail.last(in: $0) }.map { mail in
            [
                "to": mail.to, "template": mail.template, "status": mail.status, "attempts": String(mail.attempts),
                "error": mail.error ?? "", "created": Timestamp.page(mail.created),
            ]
        }
        return try page.page("platform_mails", ["mails": mails, "hasNone": mails.isEmpty])
    }

    static func platformOnly(_ page: PageCall) throws {
        guard try page.user().isPlatform else {
            throw Problem(.forbidden, "platform", "Only whoever looks after the server sees this.")
        }
    }
}
