package import Resources

/// Who buys.
package enum Customers {
    package static let area = Area(
        "customers",
        resources: [Customer.self])
}
