package import Basics

/// The shop a request is about: what its values are read and shown by. A copy of its settings, at most a second old.
package struct Tenant: Sendable, Equatable {
    package let webshopID: Int64
    package let name: String
    package let currency: Currency
    package let zone: Zone
    /// Where public pages live, with a slash at its end.
    package let url: String
    /// The shop's own VAT rate, in hundredths of a percent.
    package let vatRate: Int64
    package let pricesIncludeVAT: Bool
    package let countryID: Int64
    /// Whether the VAT of other EU countries is told through the One Stop Shop.
    package let sellsUnderOSS: Bool
    /// Host names of the shop, lower case.
    package let domains: [String]
    /// Web origins that browsers may call from.
    package let origins: [String]
    /// The host of the server's public address, which is every shop's.
    package let serverHost: String
    /// The moment its values are shown as of: what changes by the clock is as it is then.
    package var now = Instant(milliseconds: 0)

    package init(
        webshopID: Int64, name: String, currency: Currency, zone: Zone, url: String, vatRate: Int64,
        pricesIncludeVAT: Bool, countryID: Int64, sellsUnderOSS: Bool, domains: [String], origins: [String],
        serverHost: String = ""
    ) {
        self.webshopID = webshopID
        self.name = name
        self.currency = currency
        self.zone = zone
        self.url = url
        self.vatRate = vatRate
        self.pricesIncludeVAT = pricesIncludeVAT
        self.countryID = countryID
        self.sellsUnderOSS = sellsUnderOSS
        self.domains = domains
        self.origins = origins
        self.serverHost = serverHost
    }

    /// No shop: for what is about the server and not about one of them.
    package static let none = Tenant(
        webshopID: 0, name: "", currency: .danishKrone, zone: .utc, url: "", vatRate: 0, pricesIncludeVAT: true,
        countryID: 0, sellsUnderOSS: false, domains: [], origins: [])
}
