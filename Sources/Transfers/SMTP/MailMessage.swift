package import Basics

/// A mail as it travels: headers, its text, and the same as HTML (RFC 5322, RFC 2046 5.1.4). The same mail has the same bytes
/// whenever it is made, so that one that comes twice can be told by its `Message-ID`.
package struct MailMessage: Sendable {
    private let from: MailAddress
    private let to: MailAddress
    private let subject: String
    private let text: String
    private let html: String
    private let key: String
    private let date: Instant

    /// A header that would have more lines than one.
    package struct Refused: Error {}

    /// - Parameters:
    ///   - key: what no other mail has, of letters, digits and dots.
    ///   - date: when it was written.
    package init(
        from: MailAddress, to: MailAddress, subject: String, text: String, html: String, key: String, date: Instant
    ) throws(Refused) {
        guard !subject.hasControls, !key.hasControls else { throw Refused() }
        (self.from, self.to, self.subject, self.text, self.html) = (from, to, subject, text, html)
        (self.key, self.date) = (key, date)
    }

    package var bytes: [UInt8] {
        // No line of quoted-printable text has =_ in it.
        let boundary = "=_\(key)"
        return Array(headers(boundary).utf8)
            + part("text/plain", text, boundary) + part("text/html", html, boundary) + Array("--\(boundary)--\r\n".utf8)
    }

    private func headers(_ boundary: String) -> String {
        [
            "Date: \(Self.date(date))", "From: \(Self.header(from))", "To: \(Self.header(to))",
            "Subject: \(EncodedWords.encode(subject))", "Message-ID: <\(key)@\(from.domain)>", "MIME-Version: 1.0",
            // Nobody's holiday answer is wanted (RFC 3834).
            "Auto-Submitted: auto-generated", "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"", "",
            "",
        ].joined(separator: "\r\n")
    }

    private static func header(_ address: MailAddress) -> String {
        address.name.isEmpty ? address.text : "\(EncodedWords.phrase(address.name)) <\(address.text)>"
    }

    private func part(_ type: String, _ text: String, _ boundary: String) -> [UInt8] {
        let head = """
            --\(boundary)\r
            Content-Type: \(type); charset=utf-8\r
            Content-Transfer-Encoding: quoted-printable\r
            \r\n
            """
        return Array(head.utf8) + QuotedPrintable.encode(text)
    }

    /// `Sun, 29 Nov 2026 11:32:02 +0000`
    private static func date(_ instant: Instant) -> String {
        let seconds = max(0, instant.seconds)
        let (days, second) = (seconds / 86_400, seconds % 86_400)
        let (year, month, day) = Timestamp.date(days)
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(days % 7)]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [second / 3600, second / 60 % 60, second % 60].map { String($0 + 100).dropFirst() }
        return "\(weekday), \(day) \(months[Int(month) - 1]) \(year) \(clock.joined(separator: ":")) +0000"
    }
}
