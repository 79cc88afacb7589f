import Foundation
import Synchronization

/// Another program that this one waits for. What would end this one meanwhile ends that one instead, and is told by its end:
/// so nothing goes on that nobody waits for, and what a restore holds is held until then.
final class Child {
    private static let running = Mutex<Set<pid_t>>([])

    private let name: String
    private let process = Process()

    /// - Parameter password: goes by the environment.
    init(_ name: String, _ arguments: [String], password: String?, input: Any? = nil, output: Any) throws {
        self.name = name
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        // Our own settings, of which one may be the master key, are nothing to others.
        let others = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BUTIK_") }
        process.environment = password.map { others.merging(["PGPASSWORD": $0]) { $1 } } ?? others
        if let input { process.standardInput = input }
        process.standardOutput = output
        _ = Self.passOnSignals
        try process.run()
        let id = process.processIdentifier
        Self.running.withLock { _ = $0.insert(id) }
    }

    /// - Throws: `Settings.Fault` where it failed.
    func end() throws {
        process.waitUntilExit()
        let id = process.processIdentifier
        Self.running.withLock { _ = $0.remove(id) }
        guard process.terminationReason == .exit else {
            throw Settings.Fault(description: "\(name) was ended by signal \(process.terminationStatus)")
        }
        guard process.terminationStatus == 0 else {
            throw Settings.Fault(
                description: "\(name) failed; is Postgres' client installed, and as new as the server?")
        }
    }

    private static let passOnSignals: Void = {
        for number in [SIGINT, SIGTERM] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let ids = Child.running.withLock { $0 }
                guard !ids.isEmpty else { exit(128 + number) }
                for id in ids { kill(id, number) }
            }
            source.resume()
            // It stays for good.
            _ = Unmanaged.passRetained(source as AnyObject)
        }
    }()
}
