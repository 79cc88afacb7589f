import Persistence

/// What a command works with, wherever it runs.
struct Desk: Sendable {
    let storage: any Storage
    let settings: Settings
    let input: Input
    let output: Output
}
