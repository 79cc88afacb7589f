/// Where a mail comes from or goes to: `no-reply@shop.example`, or with a name, `Butik <no-reply@shop.example>`.
package struct MailAddress: Sendable, Equatable {
    /// The address alone.
    package let text: String
    package let name: String

    /// What would end an address or mean something else in a command or a header (RFC 5321, 4.1.2).
    private static let special = Set("<>()[]\\,;:\"".utf8)

    /// - Returns: nil for what is no plain ASCII address: with other letters it needs a server that not all mails pass.
    package init?(_ words: String) {
        var (name, text) = ("", words)
        if words.hasSuffix(">"), let open = words.lastIndex(of: "<") {
            name = String(words[..<open]).trimmed
            text = String(words[words.index(after: open)...].dropLast())
        }
        guard EmailAddress.isPlausible(text), text.utf8.count <= 254,
            text.utf8.allSatisfy({ $0 < 0x7F && !Self.special.contains($0) }), !name.hasControls
        else { return nil }
        (self.name, self.text) = (name, text)
    }

    package var domain: String { text.split(separator: "@").last.map(String.init) ?? "" }
}

extension StringProtocol {
    /// Whether it has what could end a header, or mean something to a terminal.
    package var hasControls: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
