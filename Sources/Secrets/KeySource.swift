import Persistence

/// Where a butik has its master keys from. There is one, but while it is replaced, and for backups of before that, there can be more.
package enum KeySource: Sendable, CustomStringConvertible {
    /// By a setting, as its text.
    case given([MasterKey])
    /// By the path of a file that somebody made.
    case file(String)
    /// By a file of the data folder, which is made for a new database.
    case made(String)

    /// - Throws: `KeyFault.malformed`.
    package init(text: String) throws {
        self = .given(try KeyText.keys(in: text, from: Self.settingName))
    }

    private static let settingName = "BUTIK_MASTER_KEY"

    package var description: String {
        switch self {
        case .given: Self.settingName
        case .file(let path), .made(let path): path
        }
    }

    /// Reads them, and blocks for as long as that takes.
    /// - Throws: `KeyFault`; `.missing` where there are none.
    package func read() throws -> [MasterKey] {
        switch self {
        case .given(let keys): return keys
        case .file(let path), .made(let path):
            guard let keys = try KeyFile(path: path).read() else { throw KeyFault.missing(path) }
            return keys
        }
    }

    /// Refuses a file with a key in it that others than its owner can read.
    package static func refuseReadableByOthers(_ path: String) throws {
        try KeyFile(path: path).refuseReadableByOthers()
    }

    /// The same for a database that has none yet.
    func readOrMake() throws -> [MasterKey] {
        do {
            return try read()
        } catch KeyFault.missing(let path) {
            guard case .made = self else { throw KeyFault.missing(path) }
            try KeyFile(path: path).make()
            return try read()
        }
    }

    /// Keeps a further key before anything is sealed with it.
    func add(_ key: MasterKey) throws {
        switch self {
        case .given: throw KeyFault.notWritable(description)
        case .file(let path), .made(let path): try KeyFile(path: path).add(key)
        }
    }
}
