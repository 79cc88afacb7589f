import Commerce
package import Resources

/// The pages of `/admin` (CONTRACT 8, "Access"). They are no part of the API and not described with it.
package enum Console {
    package static let endpoints =
        [style, home, shops] + LoginPages.all + ResetPages.all + InvitationPages.all + AccountPages.all
        + SecondFactorPages.all + OAuthPages.all

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

    private static let shops = Endpoint(
        page: .get, "/admin/shops", .user, "shops", "The shops that somebody looks after."
    ) { page in
        let user = try page.user()
        let shops = try await page.storage.read { try Membership.of(user, in: $0) }
        return try page.page(
            "shops",
            [
                "hasNone": shops.isEmpty,
                "shops": shops.map { ["id": String($0.shop), "name": $0.shopName, "role": $0.role.words] },
            ])
    }
}
