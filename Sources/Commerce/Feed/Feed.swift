package import Resources

/// What happened, in one order.
package enum Feed {
    /// - Parameter others: whose events it tells of. What a token may not read by its route it may not read here either.
    package static func area(of others: [Area]) -> Area {
        let closed = others.flatMap { $0.resources + $0.others }.map { $0.info }
            .reduce(into: [String: AccessLevel]()) { $0[$1.name] = $1.level }
        let followed = others.flatMap(\.resources).map { $0.info }.filter(\.isFollowed)
        return Area(
            "feed", actions: EventEndpoints(closed: closed).all + [ProofEndpoint(followed: followed).endpoint],
            jobs: EventFeed.jobs + [ProofUpkeep.job(of: followed)])
    }
}
