import Persistence
package import Resources

/// The products a landing page shows now: its rule, asked in the one query that reads the list.
package enum LandingPageProducts {
    /// `product?landing_page_id=`
    static let filter = CustomFilter(
        "landing_page_id", .integer, "Products that a landing page shows now.",
        asking: { id, tenant in
            """
            SELECT rule FROM landing_pages
            WHERE webshop_id = \(tenant.webshopID) AND landing_page_id = \(id) AND removed_on IS NULL
            """
        },
        { rows, tenant, now in
            guard let rule: String = try rows.first.map({ try $0["rule"] }) else { return .condition("1 = 0") }
            return .condition(try LandingPageRule(stored: rule, for: tenant).condition(tenant, at: now))
        })

    package static let endpoints = [show]

    private static let show: Endpoint = {
        var documentation = Product.info.listDocumentation
        documentation.tag = LandingPage.info.path
        return Endpoint(
            .get, "/REST/landing-page/{landing_page_id}/products", .token(.read), "list_landing_page_products",
            "Lists the products a landing page shows now, in its own order; `product?landing_page_id=` has the same, newest first.",
            documentation,
            .read { call, storage in
                let tenant = call.tenant
                let id = try call.id(of: "landing-page")
                let rows = try await storage.fetch(
                    """
                    SELECT rule, sort_order, removed_on FROM landing_pages
                    WHERE webshop_id = \(tenant.webshopID) AND landing_page_id = \(id)
                    """)
                guard let row = rows.first else { throw Problem.notFound("landing-page") }
                if let _: Int64 = try row["removed_on"] { throw Problem.gone("landing-page") }
                let rule = try LandingPageRule(stored: try row["rule"], for: tenant)
                let order = ProductOrder(try row["sort_order"], hasPlaces: false)
                let query = try await ListRequest.withoutOwnKeys(
                    call.query, of: Product.info, for: tenant, from: storage)
                let request = try ListRequest(
                    Product.info, query.narrowed(by: filter.name, id, sort: order), for: tenant,
                    isStrict: call.preferences.isStrict,
                    effects: [filter.name: .condition(rule.condition(tenant, at: call.now))],
                    horizon: try await ListRequest.horizon(Product.info, call, of: storage))
                return try await request.answer(from: storage)
            })
    }()
}
