import Basics
import Foundation

/// What a command is given beside its arguments.
enum Input: Sendable {
    case nothing
    case text(String)
    /// A file of the machine that the command was given on; of this one, where it is too long to be sent.
    case file(String)
    /// The same, as a server got it.
    case bytes([UInt8])

    /// All of it.
    func read() throws -> [UInt8] {
        switch self {
        case .nothing: return []
        case .text(let text): return Array(text.utf8)
        case .bytes(let bytes): return bytes
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Settings.Fault(description: "\(path) cannot be read")
            }
            return Array(data)
        }
    }
}
