/// Where a command says things: to the terminal it was given on, or to the command that asked this server.
struct Output: Sendable {
    let say: @Sendable (Said) -> Void

    func print(_ line: String) { say(.line(line)) }

    func complain(_ line: String) { say(.complaint(line)) }
}
