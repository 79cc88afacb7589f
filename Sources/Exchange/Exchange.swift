package import Resources

/// Catalogues as files, in and out.
package enum Exchange {
    package static let area = Area(
        "exchange",
        resources: [ImportJob.self],
        actions: ImportEndpoints.all,
        checks: checks)

    private static let checks = [
        Check(
            "no import brought its server down", of: "import",
            """
            SELECT webshop_id, import_id, 'failed, and ' || error, 'begun again, or cancelled' FROM import_jobs
            WHERE status = 'failed' AND attempts > \(ImportJob.attemptsMax) ORDER BY 1, 2
            """)
    ]
}
