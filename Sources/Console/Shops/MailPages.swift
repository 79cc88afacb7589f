import Basics
import Commerce
import Resources

/// What a shop has written to people, and what became of it.
enum MailPages {
    static let all = [list, page, resend]

    private static let list = Endpoint(
        shopPage: .get, "/admin/mails", .user, "mails", "The mails of a shop."
    ) { shop in
        var query = [("limit", "50"), ("sort", "-mail_id")]
        for name in ["status", "to", "after"] where !shop.page.text(name).isEmpty {
            query.append((name, shop.page.text(name)))
        }
        let found = try await shop.api("list_mails", query: query)
        var values: [String: Any] = [
            "mails": found["mails"].elements.map(\.values), "hasNone": found["mails"].elements.isEmpty,
            "to": shop.page.text("to"),
            "statuses": ([""] + Mail.Status.allCases.map(\.rawValue)).map { status -> [String: Any] in
                [
                    "status": status, "words": status.isEmpty ? "all" : status,
                    "isChosen": status == shop.page.text("status"),
                ]
            },
        ]
        let next = found["paging"]["next"].shown
        if !next.isEmpty { values["next"] = next }
        return try shop.page("mails", values)
    }

    private static let page = Endpoint(
        shopPage: .get, "/admin/mails/{mail_id}", .user, "mail", "A mail as it was written."
    ) { shop in
        let mail = try await shop.api("get_mail", [String(try shop.page.call.id(of: "mail"))])
        let canResend = mail["status"].shown != Mail.Status.queued.rawValue && !mail["text"].shown.isEmpty
        return try shop.page("mail", mail.values.merging(["canResend": canResend]) { $1 })
    }

    private static let resend = Endpoint(
        shopPage: .post, "/admin/mails/{mail_id}/resend", .user, "resend_mail_page", "Sends a mail once more."
    ) { shop in
        let id = try shop.page.call.id(of: "mail")
        try await shop.api("resend_mail", [String(id)])
        return shop.redirect(to: "/admin/mails/\(id)")
    }
}
