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

    /// Runs a program of `Tests/Fixtures` to its end, and answers what it printed. Holds no thread that tests share.
    package static func run(
        _ fixture: String, _ arguments: [String], input: String = "", seconds: Int = 30
    ) async throws -> String {
        let file = NSTemporaryDirectory() + "butik_python_\(getpid())_\(UInt32.random(in: 0 ... .max))"
        defer { for end in [".in", ".out", ".err"] { try? FileManager.default.removeItem(atPath: file + end) } }
        let process = Process()
        process.executableURL = URL(filePath: try interpreter)
        process.arguments = [Self.fixture(fixture)] + arguments
        try input.write(toFile: file + ".in", atomically: true, encoding: .utf8)
        for end in [".out", ".err"] { try "".write(toFile: file + end, atomically: false, encoding: .utf8) }
        process.standardInput = FileHandle(forReadingAtPath: file + ".in")
        process.standardOutput = FileHandle(forWritingAtPath: file + ".out")
        process.standardError = FileHandle(forWritingAtPath: file + ".err")
        try process.run()
        try await eventually("the end of \(fixture)", seconds: seconds) { !process.isRunning }
        guard process.terminationStatus == 0 else {
            let error = try String(contentsOfFile: file + ".err", encoding: .utf8)
            throw Shell.Failed(command: fixture, status: process.terminationStatus, output: error)
        }
        return try String(contentsOfFile: file + ".out", encoding: .utf8)
    }
}
