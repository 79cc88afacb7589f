import Exchange
import Foundation
import Resources

/// A file that is read, and how far that is: shown by its bytes, because nobody has counted its records.
final class FileProgress: Sendable {
    private static let chunkBytes = 65_536

    private let input: Input
    private let size: Int
    private let progress: Progress

    init(_ input: Input, _ output: Output) {
        self.input = input
        progress = Progress("bytes", output)
        switch input {
        case .file(let path):
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        case .bytes(let bytes): size = bytes.count
        case .nothing, .text: size = 0
        }
    }

    /// The file from its start, each time it is opened: a format that reads it twice fills the bar twice.
    var source: ImportSource {
        ImportSource { [self] in
            let next = try chunks()
            var read = 0
            return { [self] in
                guard let chunk = try next(), !chunk.isEmpty else { return nil }
                read += chunk.count
                if read < size { progress.show(read, of: size) }
                return chunk
            }
        }
    }

    private func chunks() throws -> () throws -> [UInt8]? {
        guard case .file(let path) = input else {
            var rest = try input.read()[...]
            return {
                defer { rest = rest.dropFirst(Self.chunkBytes) }
                return Array(rest.prefix(Self.chunkBytes))
            }
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Settings.Fault(description: "\(path) cannot be read")
        }
        return { try handle.read(upToCount: Self.chunkBytes).map { Array($0) } }
    }

    func finish() { progress.show(size, of: size) }
}
