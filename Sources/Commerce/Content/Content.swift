package import Resources

/// Pages.
package enum Content {
    package static let area = Area(
        "content",
        resources: [LandingPage.self],
        actions: LandingPageProducts.endpoints)
}
