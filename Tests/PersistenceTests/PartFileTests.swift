import Foundation
import Persistence
import Testing

/// A file on its way to its name.
@Suite struct PartFileTests {
    private let folder = NSTemporaryDirectory() + "butik_parts_\(UInt64.random(in: 0 ... .max))"

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    private func put(_ text: String, in path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test func `what a kill has left belongs to whoever comes next, and what is being written to nobody else`() throws {
        try Disk.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a.part"
        try put("left behind", in: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        do {
            let part = try PartFile(path)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
            var facts = stat()
            #expect(stat(path, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
            #expect(throws: StorageError.unavailable("\(path) is being written by another butik")) {
                try PartFile(path)
            }
            PartFile.clear(folder) { $0.hasSuffix(".part") }
            #expect(try names == ["a.part"])
            withExtendedLifetime(part) {}
        }
        #expect(try names == [])
    }

    @Test func `what was published stays, and so does the next one of its old name`() throws {
        try Disk.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var part: PartFile? = try PartFile(folder + "/a.part")
        try put("first", in: folder + "/a.part")
        try part?.publish(as: folder + "/a")
        let second = try PartFile(folder + "/a.part")
        part = nil
        #expect(try names == ["a", "a.part"])
        withExtendedLifetime(second) {}
        #expect(try String(contentsOfFile: folder + "/a", encoding: .utf8) == "first")
    }

    @Test func `clearing takes what is asked for and is not in use`() throws {
        try Disk.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["a.part", "b.part", "c"] { try put("x", in: "\(folder)/\(name)") }
        let used = try PartFile(folder + "/b.part")
        PartFile.clear(folder) { $0.hasSuffix(".part") }
        #expect(try names == ["b.part", "c"])
        withExtendedLifetime(used) {}
    }
}
