import Foundation

/// The Swift of `Sources/Commerce`: which types each area declares, and which types of other areas it names.
struct AreaSources {
    /// One area's knowledge of another.
    struct Edge: Hashable {
        let area: String
        let other: String
    }

    private static let kinds = ["struct", "enum", "class", "protocol", "actor", "typealias"]

    private let files: [(area: String, name: String, words: [String])]
    /// The areas that declare a type of some name for others.
    private let owners: [String: Set<String>]

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/Commerce")
        let manager = FileManager.default
        var files: [(area: String, name: String, words: [String])] = []
        var owners: [String: Set<String>] = [:]
        for area in try manager.contentsOfDirectory(atPath: root.path).sorted() where !area.contains(".") {
            let folder = root.appendingPathComponent(area)
            for name in try manager.subpathsOfDirectory(atPath: folder.path).sorted() where name.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                let words = Self.code(of: text).split { !$0.isLetter && !$0.isNumber && !"_.".contains($0) }
                files.append((area, name, words.map(String.init)))
                for type in Self.declared(in: text) { owners[type, default: []].insert(area) }
            }
        }
        self.files = files
        self.owners = owners
    }

    /// What each area knows of others, and by which names in which files.
    var edges: [Edge: Set<String>] {
        var edges: [Edge: Set<String>] = [:]
        for file in files {
            let nested = Set(zip(file.words, file.words.dropFirst()).filter { Self.kinds.contains($0.0) }.map(\.1))
            for word in file.words {
                // What stands behind a dot is a member, and a nested type may be called like one of another area.
                let type = word.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? ""
                guard let others = owners[type], !others.contains(file.area), !nested.contains(type) else { continue }
                for other in others {
                    edges[Edge(area: file.area, other: other), default: []].insert("\(file.name): \(type)")
                }
            }
        }
        return edges
    }

    /// Types that are declared at the beginning of a line, and so for the whole module unless they are private.
    private static func declared(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard line.first?.isLetter == true else { return nil }
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.prefix(5).map(String.init)
            guard let kind = words.firstIndex(where: kinds.contains), words.indices.contains(kind + 1),
                words[..<kind].allSatisfy({ ["package", "public", "final", "indirect"].contains($0) })
            else { return nil }
            return words[kind + 1]
        }
    }

    /// The text without comments and without what stands in quotes, except for what is interpolated there.
    private static func code(of text: String) -> String {
        text.replacing(#/(?m)(^|\s)\/\/.*$/#, with: "").replacing("\\\"", with: "").replacing("\"\"\"", with: "\"")
            .replacing(#/\\\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/#) { "\" \($0.1) \"" }
            .replacing(#/"[^"]*"/#, with: " ")
    }
}
