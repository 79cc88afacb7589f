package import Resources

/// Programs of others that shops install: what they are, who has them, what they insert.
package enum Apps {
    package static let area = Area(
        "apps", resources: [App.self, AppInstall.self],
        actions: AppEndpoints.all + InstallApp.endpoints
            + [AppForm.endpoint, AppPayout.endpoint, AppStatus.endpoint, InsertedCode.endpoint],
        sealed: [App.sealedToken, App.sealedSecret, AppInstall.sealedToken])
}
