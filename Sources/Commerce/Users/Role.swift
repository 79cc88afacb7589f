import Basics
import Resources

/// What a user may do in a shop (CONTRACT 8, "Access").
package enum Role: String, Choice {
    case owner, staff
    case readOnly = "read_only"

    /// The highest level that a token of this user can have.
    package var level: Token.Level {
        switch self {
        case .owner: .all
        case .staff: .write
        case .readOnly: .read
        }
    }

    /// In the words of pages and mails.
    package var words: String {
        switch self {
        case .owner: "owner"
        case .staff: "staff"
        case .readOnly: "read only"
        }
    }
}
