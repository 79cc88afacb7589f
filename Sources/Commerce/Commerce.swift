package import Resources

/// The whole of what the shops keep and clients can do: the list that routes, documentation and tests go by.
package enum Commerce {
    /// Every resource with plain routes, in the order of the documentation.
    package static let resources: [any Resource.Type] = [
        Product.self, Category.self, Brand.self, Manufacturer.self, SafetyProfile.self, Supplier.self,
        ProductSupplier.self, Profile.self, ProfileAttribute.self, ProfileAttributeValue.self, ProductLabel.self,
        StockLevel.self, StockEntry.self, Order.self, Customer.self, ShippingMethod.self, PaymentGateway.self,
        Country.self,
        LandingPage.self, Redirect.self, Token.self, ImportJob.self,
    ]

    /// Every kind of object that appears in the documentation and in the database.
    package static let documented: [ResourceInfo] = resources.map { $0.info } + [Shop.info]

    /// Every table of a resource, for the checks that compare declarations with the database.
    package static let stored: [any Resource.Type] = resources + [Shop.self, OrderLine.self, ProductVariant.self]

    package static let endpoints: [Endpoint] =
        CategoryTree.endpoints + CategoryProducts.endpoints + LandingPageProducts.endpoints + ProductSafety.endpoints
        + PriceEndpoint.endpoints + PriceHistoryEndpoint.endpoints + SearchEndpoints.all + ImageEndpoints.all
        + ProductFiles.endpoints
        + resources.flatMap { plain($0) }
        + StockEndpoints.all
        + PlaceOrder.endpoints
        + ChangeOrder.endpoints + EventFeed.endpoints + Shop.endpoints + Token.endpoints
        + ImportEndpoints.all

    private static func plain<R: Resource>(_: R.Type) -> [Endpoint] {
        ResourceEndpoints(R.self).all
    }
}
