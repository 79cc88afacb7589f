import CCurl

/// Why the server did not take a mail.
package struct Undelivered: Error, Equatable, CustomStringConvertible {
    package let description: String
    /// Whether the same mail may be taken later.
    package let mayPass: Bool

    /// Answers to the server's own settings and not to the mail: it wants a log-in or TLS, or refuses ours (RFC 4954, 6).
    private static let aboutUs: Set = [530, 534, 535, 538]

    /// - Returns: nil where it was taken.
    init?(_ outcome: TransferOutcome) {
        if outcome.code == CURLE_OK { return nil }
        // Only what is said of sender, recipient or message is about the mail; a greeting is not.
        let isAboutMail = outcome.code == CURLE_SEND_ERROR || outcome.isUploaded
        let isRefused = (500...599).contains(outcome.status) && !Self.aboutUs.contains(outcome.status)
        mayPass = !(isAboutMail && isRefused)
        let isAnswer = (400...599).contains(outcome.status)
        description = isAnswer ? "the mail server answered: \(outcome.said)" : outcome.words
    }
}
