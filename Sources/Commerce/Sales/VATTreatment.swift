import Persistence
package import Resources

/// Which VAT an order carries, by where its goods go (CONTRACT 8, "VAT by destination"; Directive 2006/112/EC: art. 33 and
/// 369b for goods sent to people in the EU, art. 138 and 197 for those sent to businesses there, art. 146 for those that
/// leave it).
package enum VATTreatment: Equatable, Sendable {
    /// As at home: the product's own rate, or the shop's.
    case domestic
    /// Through the One Stop Shop: the rate of the country the goods go to.
    case oneStopShop(Percentage)
    /// None: the buyer, a business of another EU country, accounts for it.
    case reverseCharge
    /// None: the goods leave the country of the shop for one outside the EU, or the shop is outside it itself.
    case export

    /// - Parameters:
    ///   - home: the shop's country.
    ///   - business: the country whose VAT number the buyer gave.
    package init(from home: Country, to destination: Country, business: Country?, sellsUnderOSS: Bool) {
        if destination.id == home.id {
            self = .domestic
        } else if !home.isEU || !destination.isEU {
            self = .export
        } else if let business, business.isEU, business.id != home.id {
            self = .reverseCharge
        } else if sellsUnderOSS, let rate = destination.vatRate {
            self = .oneStopShop(rate)
        } else {
            self = .domestic
        }
    }

    /// That of an order. One that stays in the country asks nothing; a shop without a country sells as at home everywhere.
    static func of(_ order: Order, in tx: Transaction) throws -> VATTreatment {
        let (home, destination) = (tx.tenant.countryID, order.deliveryCountryID)
        guard home != 0, destination != 0, destination != home else { return .domestic }
        let iso = VATNumber.country(order.vatNumber) ?? ""
        let rows = try tx.db.rows(
            """
            SELECT \(raw: Country.info.columnList) FROM countries
            WHERE country_id IN (\(home), \(destination)) OR iso = \(iso)
            """)
        let countries = try rows.map { try Country.schema.value($0.values) }
        tx.know(countries.map(\.id.rawValue), of: Country.info)
        guard let from = countries.first(where: { $0.id.rawValue == home }),
            let to = countries.first(where: { $0.id.rawValue == destination })
        else { return .domestic }
        return VATTreatment(
            from: from, to: to, business: countries.first { $0.iso == iso }, sellsUnderOSS: tx.tenant.sellsUnderOSS)
    }

    private var isWithoutVAT: Bool { self == .reverseCharge || self == .export }

    /// The rate of a line.
    /// - Parameters:
    ///   - own: what the product says of itself.
    ///   - usual: the shop's.
    package func rate(own: Percentage?, usual: Percentage) -> Percentage {
        switch self {
        case .domestic: own ?? usual
        case .oneStopShop(let rate): rate
        case .reverseCharge, .export: Percentage(hundredths: 0)
        }
    }

    /// What this buyer pays for what costs so much at home: where prices include VAT, who pays none pays the net.
    /// - Parameter rate: what it carries at home.
    package func paid(_ price: Amount, at rate: Percentage, pricesIncludeVAT: Bool) -> Amount {
        isWithoutVAT && pricesIncludeVAT ? Totals.net(price, of: rate) : price
    }
}
