package import Resources

/// Pages, and the paths that lead to things.
package enum Content {
    package static let area = Area(
        "content",
        resources: [LandingPage.self, Redirect.self],
        actions: LandingPageProducts.endpoints)
}
