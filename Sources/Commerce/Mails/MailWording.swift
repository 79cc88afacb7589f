/// The words of a template in one language.
struct MailWording: Sendable {
    private let subject: MailPattern
    private let text: MailPattern
    private let html: MailPattern

    /// A mail's words, with all values in their places.
    struct Words: Sendable {
        let subject: String
        let text: String
        let html: String
    }

    init(subject: MailPattern, text: MailPattern, html: MailPattern) {
        (self.subject, self.text, self.html) = (subject, text, html)
    }

    /// - Parameter values: what variables stand for; one that is not there stands for nothing.
    func words(_ values: [String: String]) -> Words {
        Words(subject: Self.line(subject.words(values)), text: text.words(values), html: html.words(values))
    }

    /// A name with a line break in it is no reason to write no mail, and must begin no header either.
    private static func line(_ text: String) -> String {
        text.hasControls ? String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isControl ? " " : $0 })) : text
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
