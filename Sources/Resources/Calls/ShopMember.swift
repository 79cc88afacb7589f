/// Somebody who has logged in, at one of the shops they look after.
package struct ShopMember: Sendable {
    package let session: Session
    package let tenant: Tenant
    /// What their role lets them do there.
    package let level: AccessLevel

    package init(_ session: Session, in tenant: Tenant, upTo level: AccessLevel) {
        (self.session, self.tenant, self.level) = (session, tenant, level)
    }
}
