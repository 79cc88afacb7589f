package import Resources

/// Where goods go, and what that costs.
package enum Delivery {
    package static let area = Area(
        "delivery",
        resources: [ShippingMethod.self, Country.self])
}
