import Basics
import Foundation
import Media
import Persistence
import Resources
import Support
import Testing

/// Servers that share a folder sweep it at the same time, and none takes from under another what it holds.
@Suite struct SharedSweepTests {
    private let path = NSTemporaryDirectory() + "butik_shared_\(UInt64.random(in: 0 ... .max))"

    /// After files have their time, and long enough after it that they may go.
    private let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).adding(seconds: 7200)

    private func content(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

    @Test(arguments: ["", ".1", "now"])
    func `an original that another sweep holds is never deleted`(_ suffix: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (one, other) = (MediaLibrary(folder: path), MediaLibrary(folder: path))
        let bytes = Picture.png(5, 5)
        let hash = try await one.keep(bytes, as: .image, shop: 1).get().sha256
        let folder = "\(path)/1/\(hash.prefix(2))/\(hash)"
        // The other has given the folder its name for the way, and not come further.
        let going =
            folder + ".gone" + (suffix == "now" ? ".\(now.milliseconds).x" : suffix.isEmpty ? "" : suffix + ".x")
        try await one.sweep(at: now) { hashes, _ in
            if hashes == [hash], content(folder + "/original") != nil {
                try FileManager.default.moveItem(atPath: folder, toPath: going)
            }
            return []
        }
        #expect(content(going + "/original") == Data(bytes))
        // What is the other's own for now is left to it; what was cut short comes back or goes aside.
        try await other.sweep(at: now) { _, _ in [hash] }
        #expect((content(going + "/original") != nil) == (suffix == "now"))
        try await other.sweep(at: now.adding(seconds: 7200)) { _, _ in [hash] }
        #expect(content(folder + "/original") == Data(bytes))
        // With a new one in its place, too.
        try FileManager.default.moveItem(atPath: folder, toPath: going)
        _ = try await one.keep(bytes, as: .image, shop: 1)
        try await other.sweep(at: now.adding(seconds: 7200)) { _, _ in [hash] }
        #expect(content(folder + "/original") == Data(bytes))
        #expect(content(going + "/original") == nil)
    }

    @Test func `two sweeps at once put each file aside or leave it, and uploads between them stay`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let library = MediaLibrary(folder: path)
        let pictures = (1...60).map { Picture.png(1 + $0 % 20, 1 + $0 / 20) }
        let hashes = try await together(pictures.count) {
            try await library.keep(pictures[$0], as: .image, shop: 1).get().sha256
        }
        for round in 1...10 {
            // All were used long ago, but what comes back or is sent again meanwhile.
            for hash in hashes {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -10_000)],
                    ofItemAtPath: "\(path)/1/\(hash.prefix(2))/\(hash)/original")
            }
            let time = now.adding(seconds: -7200)
            _ = try await together(6) { task in
                let own = MediaLibrary(folder: path)
                if task < 4 {
                    try await own.sweep(at: time) { _, _ in [] }
                } else {
                    for index in stride(from: task, to: pictures.count, by: 2) {
                        if task == 4 {
                            _ = try await own.original(hashes[index], shop: 1)
                        } else {
                            _ = try await own.keep(pictures[index], as: .image, shop: 1)
                        }
                    }
                }
                return 0
            }
            for (hash, picture) in zip(hashes, pictures) {
                let file = try await library.original(hash, shop: 1)
                #expect(file?.size == Int64(picture.count), "\(hash) in round \(round)")
            }
        }
    }
}
