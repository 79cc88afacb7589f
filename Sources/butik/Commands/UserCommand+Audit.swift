import Basics
import Commerce
import Persistence
import Resources

extension UserCommand {
    /// Notes in the audit what a command did to a user: in that of the platform, or of a shop where it is about their role there.
    static func note(
        _ action: String, _ user: User, from old: Role? = nil, to new: Role? = nil, in shop: Int64 = Audit.platform,
        _ db: any Connection
    ) throws {
        func shown(_ role: Role?) -> JSON? {
            role.map { ["email": .string(user.email), "name": .string(user.name), "role": .string($0.rawValue)] }
        }
        let known: JSON = ["email": .string(user.email), "name": .string(user.name)]
        let isOfPlatform = shop == Audit.platform
        try Audit.note(
            action, "user", user.id, before: isOfPlatform ? known : shown(old),
            after: isOfPlatform ? (action == "deleted" ? nil : known) : shown(new), ofShop: shop, by: .job("command"),
            requestID: "command", in: db, at: SystemClock.now())
    }
}
