import Foundation
import Synchronization

/// A server of the outside world that speaks TLS (`Tests/Fixtures/https.py`), and answers everything with the byte 7.
package final class TLSReceiver: Sendable {
    private let process: Mutex<Process>
    private let folder: String
    package let port: Int

    /// Its certificate (PEM), which is its own authority.
    package var certificate: String { folder + "/cert.pem" }

    /// - Parameter name: whose certificate it shows.
    package init(named name: String) async throws {
        folder = NSTemporaryDirectory() + "butik_tls_\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (cert, key, file) = (folder + "/cert.pem", folder + "/key.pem", folder + "/port")
        try Shell.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
                "subjectAltName=DNS:\(name)", "-keyout", key, "-out", cert,
            ])
        let process = Process()
        process.executableURL = URL(filePath: try Python.interpreter)
        process.arguments = [Python.fixture("https.py"), file, "--cert", cert, "--key", key]
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = Mutex(process)
        var found: Int?
        try await eventually("the port of the receiver") {
            let said = FileManager.default.contents(atPath: file) ?? Data()
            found = said.last == 10 ? Int(String(decoding: said.dropLast(), as: UTF8.self)) : nil
            return found != nil
        }
        port = found ?? 0
    }

    deinit {
        process.withLock { process in
            if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
