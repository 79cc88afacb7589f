import Foundation
import Support
import Testing

/// `deploy/run` as a newcomer uses it, with a butik that only notes what it is given.
@Suite struct DeployRunTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("deploy/run").path

    private func write(_ text: String, to path: String, mode: Int = 0o644) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func `the address of a database goes to butik by the environment`() throws {
        let root = Binary.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        try write("fail() { exit 1; }; need() { :; }; build_packages=()\n", to: root + "/deploy/packages.sh")
        try write("build_release() { :; }\n", to: root + "/deploy/release.sh")
        try write(
            "#!/bin/sh\necho \"$* [$BUTIK_DATABASE_URL]\" >> \(root)/calls\n", to: root + "/.build/release/butik",
            mode: 0o755)
        try write(try String(contentsOfFile: Self.script, encoding: .utf8), to: root + "/deploy/run", mode: 0o755)
        let url = "postgres://butik:TOPSECRET@localhost/butik"
        let ways: [([String], [String: String])] = [
            (["--database-url", url], ["BUTIK_DATABASE_URL": ""]), ([], ["BUTIK_DATABASE_URL": url]),
        ]
        for (arguments, environment) in ways {
            let said = try Shell.run(
                root + "/deploy/run", ["--data", root + "/data"] + arguments, environment: environment)
            #expect(!said.contains("TOPSECRET"))
            let calls = try String(contentsOfFile: root + "/calls", encoding: .utf8).split(separator: "\n")
            #expect(calls.count == 3 && calls.allSatisfy { $0.hasSuffix(" [\(url)]") }, "\(calls)")
            for call in calls { #expect(call.components(separatedBy: "TOPSECRET").count == 2, "\(call)") }
            try FileManager.default.removeItem(atPath: root + "/calls")
        }
    }
}
