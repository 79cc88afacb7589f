import Resources

/// The local door (CONTRACT 8): a Unix socket that only the owner of the data folder can open, for the binary's own commands.
/// Who comes through it needs no token; nothing else of the server is behind it.
struct LocalDoor: Door {
    let prefix = ""

    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws {
        guard endpoint.access == .local else { throw context.nothingThere }
        context.caller = .local
    }
}
