/// An original that rows name.
package struct MediaFile: Sendable, Hashable {
    package let shop: Int64
    package let sha256: String

    package init(shop: Int64, sha256: String) {
        self.shop = shop
        self.sha256 = sha256
    }
}
