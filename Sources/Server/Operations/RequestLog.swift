import Resources

/// A line for each request, and one for each error of ours.
struct RequestLog: Sendable {
    let sink: LogSink
    let format: LogFormat
    /// Whether requests are logged; errors are in any case.
    let isOn: Bool
    /// The addresses as they are documented, by the number of their route.
    let routes: [String]

    func write(_ context: RequestContext, _ status: Int, _ bytes: Int, _ microseconds: Int) {
        guard isOn else { return }
        var line = LogLine(format, level: "info", message: "request")
        line.add("request_id", context.id)
        line.add("method", context.request.method.rawValue)
        line.add("route", route(context))
        line.add("status", Int64(status))
        line.add("bytes", Int64(bytes))
        line.add("us", Int64(microseconds))
        line.add("address", context.address)
        switch context.caller {
        case .nobody: break
        case .local: line.add("caller", "local")
        case .app(let app): line.add("app_id", app.id)
        case .user(let session): line.add("user_id", session.userID)
        case .member(let member): line.add("user_id", member.session.userID)
        case .token(let principal):
            line.add("webshop_id", principal.tenant.webshopID)
            line.add("token_id", principal.tokenID)
        }
        sink.write(line.finished())
    }

    func report(_ error: any Error, _ context: RequestContext) {
        var line = LogLine(format, level: "error", message: "\(error)")
        line.add("request_id", context.id)
        line.add("route", route(context))
        sink.write(line.finished())
    }

    /// The address as it is documented; empty where there is nothing.
    func route(_ context: RequestContext) -> String {
        context.route.map { routes[$0] } ?? ""
    }
}
