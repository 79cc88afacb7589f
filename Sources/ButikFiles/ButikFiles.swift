package import Foundation

/// The folders that travel with the binary: migrations and seed data.
package enum ButikFiles {
    package static var migrations: URL { Bundle.module.bundleURL.appendingPathComponent("Migrations") }
    package static var seeds: URL { Bundle.module.bundleURL.appendingPathComponent("Seeds") }

    /// Every migration file as (name without `.sql`, text).
    package static func migrationFiles() throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(at: migrations, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "sql" }
            .map { ($0.deletingPathExtension().lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
    }

    package static func seed(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: seeds.appendingPathComponent(name)))
    }
}
