/// The languages that mails are written in.
package enum MailLanguage: String, Sendable, CaseIterable {
    case da, en

    /// Whom a shop's country speaks to: Danish in Denmark, English elsewhere.
    init(ofCountry id: Int64) {
        self = id == Country.denmark ? .da : .en
    }
}
