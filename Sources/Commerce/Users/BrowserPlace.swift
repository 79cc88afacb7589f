/// Where a browser is, and what it says it is.
package struct BrowserPlace: Sendable {
    package let address: String
    package let userAgent: String

    private static let userAgentMax = 256

    package init(address: String, userAgent: String) {
        (self.address, self.userAgent) = (address, String(userAgent.prefix(Self.userAgentMax)))
    }
}
