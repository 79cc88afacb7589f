import Areas
import ArgumentParser
import Commerce

/// `butik doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Proves that every ledger equals its balance.")

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let settings = try await Settings.load(options)
        let findings = try await Database.with(settings, readOnly: true) { storage in
            try await House.doctor.examine(storage)
        }
        for finding in findings { print(finding) }
        guard findings.isEmpty else { throw ExitCode.failure }
        print("All \(House.doctor.checkCount) checks hold.")
    }
}
