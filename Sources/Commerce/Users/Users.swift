package import Resources

/// Who looks after shops: accounts, log-ins, roles.
package enum Users {
    package static let area = Area(
        "users", jobs: [Sessions.expiry, PasswordReset.job], checks: checks, sealed: [SecondFactor.sealed])

    private static let checks = [
        Check(
            "every role is that of a user in a shop", of: "user",
            """
            SELECT m.webshop_id, m.user_id, m.role, 'a user and a shop' FROM webshop_users m WHERE NOT EXISTS
            (SELECT 1 FROM users u WHERE u.user_id = m.user_id) OR NOT EXISTS
            (SELECT 1 FROM webshops w WHERE w.webshop_id = m.webshop_id) ORDER BY 1, 2
            """)
    ]
}
