import Foundation

/// The interpreter with the packages that tests use, which `deploy/packages.sh` makes where it is missing.
package enum Python {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL
    private static let made = Result {
        try Shell.run("bash", ["-c", "cd '\(root.path)' && source deploy/packages.sh && need_python ."])
        return root.appending(path: ".build/python/bin/python3").path
    }

    package static var interpreter: String { get throws { try made.get() } }

    package static func fixture(_ name: String) -> String { root.appending(path: "Tests/Fixtures/\(name)").path }
}
