import Areas
import ArgumentParser
import Commerce
import Persistence
import Secrets

/// `butik doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Proves that every ledger equals its balance.")

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let settings = try await Settings.load(options)
        let findings = try await Database.with(settings, readOnly: true) { storage in
            let (keys, fault) = await Self.keys(settings, storage)
            let findings = try await House.doctor.examine(storage, with: keys).map(\.description)
            return findings + (fault.map { ["every sealed value opens: \($0)"] } ?? [])
        }
        for finding in findings { print(finding) }
        guard findings.isEmpty else { throw ExitCode.failure }
        print("All \(House.doctor.checkCount) checks hold.")
    }

    /// The keys, where there is anything to open: that they cannot be had is a finding, and the rest is examined all the same.
    private static func keys(
        _ settings: Settings, _ storage: any Storage
    ) async -> (keys: Keyring?, fault: (any Error)?) {
        do {
            return (try await Keyring.proven(settings.masterKey, for: storage), nil)
        } catch {
            return (nil, error)
        }
    }
}
