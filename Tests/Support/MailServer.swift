package import Basics
import Foundation
import Synchronization

/// A real mail server of a test's own (`Tests/Fixtures/smtp.py`), which remembers what it took.
package final class MailServer: Sendable {
    package enum TLS: String, Sendable {
        case starttls, smtps
    }

    private let process: Mutex<Process>
    /// What it took, a line of JSON each.
    package let file: String
    package let port: Int
    private let tls: TLS?
    private let account: String?
    /// A certificate that it shows, and that is its own authority.
    package static let certificate = Result { try selfSigned() }

    /// - Parameters:
    ///   - account: `user:password` that it asks for.
    ///   - port: a free one where nothing is said.
    package init(_ tls: TLS? = nil, account: String? = nil, port: Int = 0) async throws {
        file = NSTemporaryDirectory() + "butik_mails_\(getpid())_\(UInt32.random(in: 0 ... .max))"
        (self.tls, self.account) = (tls, account)
        let process = Process()
        process.executableURL = URL(filePath: try Python.interpreter)
        process.arguments = [Python.fixture("smtp.py"), file, "--port", "\(port)"]
        if let tls {
            let (cert, key) = try Self.certificate.get()
            process.arguments? += ["--tls", tls.rawValue, "--cert", cert, "--key", key]
        }
        if let account { process.arguments? += ["--account", account] }
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = Mutex(process)
        var found: Int?
        try await eventually("the port of the mail server") { [file] in
            let said = FileManager.default.contents(atPath: file + ".port") ?? Data()
            found = said.last == 10 ? Int(String(decoding: said.dropLast(), as: UTF8.self)) : nil
            return found != nil
        }
        self.port = found ?? 0
    }

    /// A key and a certificate for 127.0.0.1.
    private static func selfSigned() throws -> (cert: String, key: String) {
        let folder = NSTemporaryDirectory() + "butik_cert_\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (cert, key) = (folder + "/cert.pem", folder + "/key.pem")
        try Shell.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail.test",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert,
            ])
        return (cert, key)
    }

    /// As `BUTIK_SMTP_URL` names it.
    package func url(account: String? = nil) -> String {
        let account = (account ?? self.account).map { $0 + "@" } ?? ""
        let place = "\(account)127.0.0.1:\(port)"
        return tls == .smtps ? "smtps://" + place : "smtp://" + place + (tls == nil ? "?starttls=off" : "")
    }

    /// What it took, in order.
    package var taken: [JSON] {
        get throws {
            let written = FileManager.default.contents(atPath: file) ?? Data()
            // It may be at a line right now.
            let whole = written.prefix((written.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)
            return try whole.split(separator: UInt8(ascii: "\n")).map { try JSONParser.parse(Array($0)) }
        }
    }

    /// Ends it, and answers when its port is free.
    package func stop() async throws {
        kill()
        try await eventually("the end of the mail server") { process.withLock { !$0.isRunning } }
    }

    /// Waits for nothing: `Process.waitUntilExit` would hold a thread that tests share.
    private func kill() {
        process.withLock { process in
            if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        }
    }

    deinit {
        kill()
        for path in [file, file + ".port"] { try? FileManager.default.removeItem(atPath: path) }
    }
}
