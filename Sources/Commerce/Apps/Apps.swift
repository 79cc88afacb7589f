package import Resources

/// Programs of others that shops install: what they are, who has them, what they insert.
package enum Apps {
    package static let area = Area(
        "apps", resources: [App.self, AppInstall.self],
        actions: AppEndpoints.all + InstallApp.endpoints
            + [AppForm.endpoint, AppPayout.endpoint, AppStatus.endpoint, InsertedCode.endpoint],
        checks: [
            Check(
                "every installation of an app has its token", of: "app-install",
                """
                SELECT webshop_id, app_install_id, token_id, 'live' FROM app_installs i WHERE removed_on IS NULL
                AND NOT EXISTS (SELECT 1 FROM tokens t WHERE t.webshop_id = i.webshop_id AND t.token_id = i.token_id
                AND t.removed_on IS NULL) ORDER BY 1, 2
                """)
        ],
        sealed: [App.sealedToken, App.sealedSecret, AppInstall.sealedToken])
}
