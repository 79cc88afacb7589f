import ArgumentParser
import Commerce

/// `butik app list`
struct AppList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists apps, those that wait to be approved first.")

    @OptionGroup var options: CommonOptions

    func run() async throws {
        try await Table.print(
            """
            SELECT app_id, webshop_id, name, access_level, status FROM apps WHERE removed_on IS NULL
            ORDER BY CASE status WHEN 'submitted' THEN 0 ELSE 1 END, app_id
            """, ["app_id", "webshop_id", "name", "access_level", "status"], options)
    }
}

/// `butik app approve`
struct AppApprove: Verb {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Lets all shops install an app that was submitted.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "Its app_id.") var id: Int64

    func run(at desk: Desk) async throws {
        try await AppReview.approve(
            id, in: desk.storage, publicURL: desk.settings.publicURL, at: SystemClock.now())
        desk.output.print("app \(id) is approved")
    }
}

/// `butik app reject`
struct AppReject: Verb {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Sends an app back to who made it; one that is approved stops in other shops.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "Its app_id.") var id: Int64
    @Option(help: "What its maker is told.") var reason = ""

    func run(at desk: Desk) async throws {
        try await AppReview.reject(
            id, because: reason, in: desk.storage, publicURL: desk.settings.publicURL, at: SystemClock.now())
        desk.output.print("app \(id) is rejected")
    }
}
