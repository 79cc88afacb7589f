import Foundation
import Media
import Resources
import Support
import Testing

/// Where renditions are made, and whose fault it is when none can be made.
@Suite struct RendererTests {
    private static func folder() throws -> String {
        let path = NSTemporaryDirectory() + "butik_renderer_\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// A folder of programs in which `vipsthumbnail` is this script.
    private static func programs(in folder: String, _ script: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/prlimit", withDestinationPath: "/usr/bin/prlimit")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: folder + "/vipsthumbnail"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder + "/vipsthumbnail")
        return folder
    }

    /// Keeps a picture and asks for a rendition of it.
    private static func rendition(_ bytes: [UInt8], _ library: MediaLibrary) async throws -> Int64? {
        let upload = try await library.keep(bytes, as: .image, shop: 1).get()
        let wish = try #require(Rendition.parse("1/fit-20x20x90.png"))
        return try await library.rendition(
            wish.rendition, of: upload.sha256, type: upload.type, for: RenderAsker(shop: 1))?.size
    }

    @Test func `a folder named from where the server was started shows images as any other`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The same folder, as it is called from here.
        let depth = FileManager.default.currentDirectoryPath.split(separator: "/").count
        let relative = String(repeatElement("../", count: depth).joined() + folder.dropFirst()) + "/media"
        #expect(!relative.hasPrefix("/"))
        let size = try await Self.rendition(Picture.png(40, 30), MediaLibrary(folder: relative))
        #expect(try #require(size) > 0)
    }

    @Test func `a renderer that is not there, or does not work, is not blamed on the picture`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let none = folder + "/none"
        let broken = folder + "/broken"
        for programs in [none, broken] {
            if programs == broken { _ = try Self.programs(in: broken, "exit 1") }
            let library = MediaLibrary(folder: folder + "/media", programs: programs)
            do {
                _ = try await Self.rendition(Picture.png(40, 30), library)
                Issue.record("made something without a program")
            } catch let problem as Problem {
                #expect(problem.kind == .unavailable)
                #expect(problem.code == (programs == none ? "renderer_missing" : "renderer_broken"))
            }
        }
        let working = MediaLibrary(folder: folder + "/media")
        #expect(try await Self.rendition(Picture.png(40, 30), working) != nil)
        // What came in while nobody could look at it is the picture's own fault.
        let blind = MediaLibrary(folder: folder + "/media", programs: none)
        let upload = try await blind.keep(Picture.emptyJPEG(40, 30), as: .image, shop: 1).get()
        let wish = try #require(Rendition.parse("1/fit-20x20x90.png")).rendition
        let problem = await #expect(throws: Problem.self) {
            _ = try await working.rendition(wish, of: upload.sha256, type: .jpeg, for: RenderAsker(shop: 1))
        }
        #expect(problem?.code == "image_unreadable")
    }

    @Test func `two servers of one folder that make the same do not write into each other's`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = """
            while [ "$1" != -o ]; do shift; done
            out="${2%%\\[*}"
            echo one > "$out"
            echo "$out" >> \(folder)/begun
            while [ ! -e \(folder)/open ]; do /bin/sleep 0.02; done
            echo two >> "$out"
            """
        let programs = try Self.programs(in: folder, script)
        let upload = try await MediaLibrary(folder: folder + "/media")
            .keep(Picture.png(40, 30), as: .image, shop: 1).get()
        let wish = try #require(Rendition.parse("1/fit-20x20x90.png")).rendition
        async let sizes = together(2) { _ in
            try await MediaLibrary(folder: folder + "/media", programs: programs)
                .rendition(wish, of: upload.sha256, type: .png, for: RenderAsker(shop: 1))?.size
        }
        try await eventually("both under way") {
            let begun = try? String(contentsOfFile: folder + "/begun", encoding: .utf8)
            return begun?.split(separator: "\n").count == 2
        }
        _ = FileManager.default.createFile(atPath: folder + "/open", contents: nil)
        #expect(try await sizes == [8, 8])
    }

    @Test func `of renditions that are large fewer are kept, the newest ones`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let library = MediaLibrary(folder: folder)
        let upload = try await library.keep(Picture.png(40, 30), as: .image, shop: 1).get()
        let home = "\(folder)/1/\(upload.sha256.prefix(2))/\(upload.sha256)"
        for age in 1...3 {
            let path = "\(home)/v2-fit-\(age)x9x90.png"
            try Data().write(to: URL(fileURLWithPath: path))
            try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 20 << 20)
            let time = Date(timeIntervalSinceNow: Double(age) * -1000)
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
        }
        // One of an older way of making them goes, however few there are, and so does one that was never ended.
        for name in ["fit-5x5x90.webp", "v2-fit-7x7x90.png.part.png"] {
            try Data().write(to: URL(fileURLWithPath: "\(home)/\(name)"))
        }
        // One that a power cut left empty is made anew.
        try Data().write(to: URL(fileURLWithPath: home + "/v2-fit-20x20x90.png"))
        let wish = try #require(Rendition.parse("1/fit-20x20x90.png")).rendition
        #expect(try await library.rendition(wish, of: upload.sha256, type: .png, for: RenderAsker(shop: 1)) != nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: home + "/v2-fit-20x20x90.png")).count > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/tmp") == [])
        let kept = try FileManager.default.contentsOfDirectory(atPath: home).sorted()
        #expect(kept == ["original", "v2-fit-1x9x90.png", "v2-fit-20x20x90.png", "v2-fit-2x9x90.png"])
    }
}
