package import Resources

/// Catalogues as files, in and out.
package enum Exchange {
    package static let area = Area(
        "exchange",
        resources: [ImportJob.self],
        actions: ImportEndpoints.all,
        jobs: ImportWork.jobs,
        checks: checks)

    private static let checks = [
        Check(
            "no import brought its server down", of: "import",
            """
            SELECT webshop_id, import_id, 'failed, and ' || error, 'begun again, or cancelled' FROM import_jobs
            WHERE is_set_aside = 1 ORDER BY 1, 2
            """)
    ]
}
