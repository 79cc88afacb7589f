import Commerce
package import Resources

/// The pages of `/admin` (CONTRACT 8, "Access"). They are no part of the API and not described with it.
package enum Console {
    package static let endpoints =
        [style, home] + LoginPages.all + ResetPages.all + InvitationPages.all + AccountPages.all
        + SecondFactorPages.all + OAuthPages.all + ShopPages.all + TokenPages.all + UserPages.all
        + WebhookPages.all + MailPages.all + AuditPages.all + GrantPages.all + ClientPages.all + HealthPages.all

    private static let style = Endpoint(
        page: .get, "/admin/style.css", .everybody, "style", "The console's one stylesheet."
    ) { page in
        Answer(
            contentType: "text/css; charset=utf-8", body: try page.pages.style(),
            headers: [("Cache-Control", "public, max-age=3600")], isTagged: false)
    }

    private static let home = Endpoint(page: .get, "/admin", .user, "home", "The first page.") { page in
        page.redirect(to: "/admin/shops")
    }
}
