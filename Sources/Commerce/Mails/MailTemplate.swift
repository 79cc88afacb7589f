import Resources

/// What mails are written for. The words of each are files of `Seeds/templates`, in two languages.
package enum MailTemplate: String, Choice {
    case passwordReset = "password_reset"
    case invitation
    case tokenIdle = "token_idle"
    case loginNotice = "login_notice"
    case webhookFailing = "webhook_failing"
    case webhookPaused = "webhook_paused"

    /// What its words can name.
    package var variables: [String] {
        switch self {
        case .passwordReset: ["link", "minutes"]
        case .invitation: ["shop", "inviter", "role", "link", "days"]
        case .tokenIdle: ["shop", "token", "last_used", "ends"]
        case .loginNotice: ["time", "address", "device"]
        case .webhookFailing, .webhookPaused: ["shop", "webhook", "url", "since"]
        }
    }

    /// Whether it is about a shop, which may have words of its own for it.
    package var isAboutShop: Bool {
        switch self {
        case .invitation, .tokenIdle, .webhookFailing, .webhookPaused: true
        case .passwordReset, .loginNotice: false
        }
    }
}
