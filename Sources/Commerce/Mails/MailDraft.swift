/// A mail that is to be written: which one, to whom, and what stands in it.
package struct MailDraft: Sendable {
    package let template: MailTemplate
    package let to: String
    /// By the names of `MailTemplate.variables`.
    package let values: [String: String]
    /// That of the shop's country, or English for what is about none, where nil.
    package let language: MailLanguage?

    package init(
        _ template: MailTemplate, to: String, _ values: [String: String], language: MailLanguage? = nil
    ) {
        (self.template, self.to, self.values, self.language) = (template, to, values, language)
    }
}

/// Why a mail cannot be written.
package enum MailFault: Error, Equatable, CustomStringConvertible {
    case address(String)
    case noWords(MailTemplate)

    package var description: String {
        switch self {
        case .address(let text): "\(text) is no address that mails can be sent to"
        case .noWords(let template): "there are no words for \(template.rawValue)"
        }
    }
}
