import Foundation
import Synchronization
import Testing

/// A running program whose words go to files, so that nobody has to read along.
final class Program: Sendable {
    private let process: Mutex<Process>
    private let words: String

    init(_ executable: URL, _ arguments: [String], _ environment: [String: String], input: String = "") throws {
        words = NSTemporaryDirectory() + "butik_words_\(getpid())_\(UInt32.random(in: 0 ... .max))"
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        // The settings of the test run are not those of the program under test.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BUTIK_") }
            .merging(environment) { _, new in new }
        let given = URL(fileURLWithPath: words + ".in")
        try Data(input.utf8).write(to: given)
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = try Program.file(words + ".out")
        process.standardError = try Program.file(words + ".err")
        try process.run()
        self.process = Mutex(process)
    }

    private static func file(_ path: String) throws -> FileHandle {
        try #require(FileManager.default.createFile(atPath: path, contents: nil))
        return try #require(FileHandle(forWritingAtPath: path))
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }
    var status: Int32 { process.withLock { $0.terminationStatus } }
    var identifier: Int32 { process.withLock { $0.processIdentifier } }

    var output: String { Program.text(words + ".out") }
    var error: String { Program.text(words + ".err") }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    func signal(_ number: Int32) {
        if isRunning { kill(identifier, number) }
    }

    deinit {
        signal(SIGKILL)
        for suffix in [".in", ".out", ".err"] { try? FileManager.default.removeItem(atPath: words + suffix) }
    }
}
