import Areas
import ArgumentParser
import Commerce

/// `butik migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Brings the database up to this version.")

    @OptionGroup var options: CommonOptions
    @Flag(help: "Makes the search index of every shop anew.") var rebuildSearch = false

    func run() async throws {
        let settings = try await Settings.load(options)
        try await Database.with(settings, migrated: false) { storage in
            let applied = try await Database.migrator(for: storage.dialect).migrate(storage)
            try await KeyUpkeep.run(
                of: House.resources, in: storage, publicURL: settings.publicURL, at: SystemClock.now()
            ) { print($0) }
            if rebuildSearch { try await SearchUpkeep.forget(in: storage) }
            let bar = Progress("products")
            let total = try await SearchUpkeep.waiting(in: storage)
            try await SearchUpkeep.run(in: storage) { bar.show($0, of: total) }
            print(applied.isEmpty ? "The database is up to date." : "Applied \(applied.joined(separator: ", ")).")
        }
    }
}
