import Basics
import Outbound
package import Resources

extension App {
    package static func prepare(_ new: inout App, replacing old: App?, in tx: Transaction) throws {
        if old == nil { new.currency = tx.tenant.currency.code }
        var faults = Faults()
        if new.description != old?.description { faults.add(new.descriptionFaults) }
        if new.fields != old?.fields {
            try faults.gather { new.fields = try AppField.settled(new.fields, for: tx.tenant) }
        }
        if new.code != old?.code { try faults.gather { new.code = try AppCode.settled(new.code, for: tx.tenant) } }
        try faults.add(new.topicFaults("webhooks", new.webhooks, of: Topic.appWebhooks))
        try faults.add(new.topicFaults("events", new.events, of: Topic.appEvents))
        if faults.isEmpty { try faults.add(new.callbackFaults) }
        faults.add(new.priceFaults(beside: old))
        try faults.finish()
        if let old { new.needReview(after: old) }
    }

    private var descriptionFaults: [Problem.FieldError] {
        do throws(AppDescription.Refused) {
            _ = try AppDescription(description)
            return []
        } catch {
            return [.init("/description", "html", error.reason)]
        }
    }

    private func topicFaults(
        _ name: String, _ list: JSONText, of topics: [Topic]
    ) throws -> [Problem.FieldError] {
        let known = Set(topics.map(\.rawValue))
        return try list.texts.enumerated().filter { !known.contains($1) }.map { index, _ in
            .init("/\(name)/\(index)", "topic", "must be one of: " + topics.map(\.rawValue).joined(separator: ", "))
        }
    }

    /// An address is needed where there is something to send or to ask.
    private var callbackFaults: [Problem.FieldError] {
        get throws {
            guard callbackURL.isEmpty else {
                do throws(OutboundURL.Refused) {
                    _ = try OutboundURL(callbackURL)
                    return []
                } catch {
                    return [.init("/callback_url", "url", error.description)]
                }
            }
            let isCalled =
                try !webhooks.texts.isEmpty || !events.texts.isEmpty || AppField.list(fields).contains { $0.isExternal }
            return isCalled
                ? [
                    .init(
                        "/callback_url", "required", "is required: webhooks, events and external lists are called there"
                    )
                ]
                : []
        }
    }

    private func priceFaults(beside old: App?) -> [Problem.FieldError] {
        guard let old, old.approvedOn != nil, monthlyPrice > old.monthlyPrice else { return [] }
        return [
            .init("/monthly_price", "price_rises", "can only fall, since the app has been approved")
        ]
    }

    /// What an app may do, and what it does in other shops, is approved as it is: changed, it is a draft again. With those who have
    /// it, it runs on as it was approved (`AppTerms`).
    private mutating func needReview(after old: App) {
        guard AppTerms(self) != AppTerms(old), status == .approved || status == .submitted else { return }
        status = .draft
    }
}
