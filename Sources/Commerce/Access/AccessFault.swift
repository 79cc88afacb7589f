/// What somebody who opens a shop, makes a user or gives out a token asked for and cannot have.
package enum AccessFault: Error, CustomStringConvertible {
    case noShop(Int64)
    case emailTaken(String)
    case email(String)
    case settings(String)
    case lastOwner
    case noUser(String)

    package var description: String {
        switch self {
        case .noShop(let id): "there is no shop \(id)"
        case .emailTaken(let email): "there is already a user \(email)"
        case .email(let text): "\(text) is not an e-mail address"
        case .settings(let text): text
        case .lastOwner: "a shop needs an owner; make somebody else one first"
        case .noUser(let text): "there is no user \(text)"
        }
    }
}
