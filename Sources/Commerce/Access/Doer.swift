package import Basics
package import Resources

/// Who does something to users and programs, and when, in the words of the audit.
package struct Doer: Sendable {
    let actor: Actor
    let requestID: String
    package let now: Instant

    package init(_ actor: Actor, requestID: String, now: Instant) {
        (self.actor, self.requestID, self.now) = (actor, requestID, now)
    }

    /// Whoever owns the server, by a command.
    package static func command(at now: Instant) -> Doer { Doer(.job("command"), requestID: "command", now: now) }
}
