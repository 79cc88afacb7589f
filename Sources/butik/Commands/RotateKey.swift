import Areas
import ArgumentParser
import Secrets

/// `butik rotate-key`
struct RotateKey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Changes the master key and seals all secrets anew, beside a running server.",
        discussion: """
            A key that was put into the key file, and is not used yet, is taken; else one is made and put there. What was \
            interrupted goes on when this is run again. The old key stays in the file: backups from before need it.
            """)

    @OptionGroup var options: CommonOptions

    func run(at desk: Desk) async throws {
        let rotation = KeyRotation(try await desk.keys(), desk.storage, House.sealed, now: SystemClock.now)
        let done = try await rotation.run()
        desk.output.print("master key \(done.current) seals from now on; values sealed anew: \(done.values)")
        for key in done.retired {
            desk.output.print("master key \(key) is needed only by backups from before: remove it when they are gone")
        }
    }
}
