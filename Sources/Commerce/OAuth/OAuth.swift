package import Resources

/// How programs are let into shops by their users: clients, consents, codes and tokens. The pages stand above it.
package enum OAuth {
    package static let area = Area(
        "oauth", actions: OAuthEndpoints.all, jobs: [IdleTokens.job, LostGrants.job, OAuthSweep.job])
}
