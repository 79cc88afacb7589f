/// The columns every resource has beside its own.
package enum SystemColumn {
    package static let webshop = "webshop_id"
    package static let version = "version"
    package static let created = "created"
    package static let lastModified = "last_modified"
    package static let removedOn = "removed_on"
    /// A set of bits: which kinds of embedded rows there are. Only where one of the resource's parts goes by it.
    package static let parts = "parts"
}
