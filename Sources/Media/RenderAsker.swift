/// For whom a picture is made.
package struct RenderAsker: Sendable, Hashable {
    package let shop: Int64
    /// Where the client is; nil for what a token brings in, which has limits of its own.
    package let address: String?
    /// Whether the work for this address is counted: at one where proxies stand everybody comes from it.
    package let isMetered: Bool

    package init(shop: Int64, address: String? = nil, isMetered: Bool = false) {
        self.shop = shop
        self.address = address
        self.isMetered = isMetered
    }
}
