import ArgumentParser

/// `butik migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Brings the database up to this version.")

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let settings = try await Settings.load(options)
        try await Database.with(settings, migrated: false) { storage in
            let applied = try await Database.migrator(for: storage.dialect).migrate(storage)
            print(applied.isEmpty ? "The database is up to date." : "Applied \(applied.joined(separator: ", ")).")
        }
    }
}
