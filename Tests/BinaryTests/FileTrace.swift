import Foundation
import Support
import Testing

/// What a program and its children did to files, in the order in which each call was through, as `strace` saw it.
struct FileTrace: CustomStringConvertible {
    struct Call: CustomStringConvertible {
        let name: String
        /// What was written, flushed or made; of a rename or a link what it was called before.
        let path: String
        /// Its new name.
        var target = ""

        var description: String { "\(name) \(path) \(target)" }
    }

    let calls: [Call]

    var description: String { "\(calls.count) calls" }

    private static let writing = ["write", "pwrite64", "writev", "pwritev", "ftruncate", "copy_file_range", "sendfile"]
    private static let flushing = ["fsync", "fdatasync"]
    private static let naming = ["rename", "renameat", "renameat2", "link", "linkat"]
    private static let making = ["mkdir", "mkdirat"]
    private static let starting = ["execve"]

    /// Runs a command of the binary to its end, and fails where there is no `strace` or it may not look.
    static func of(_ binary: Binary, _ arguments: String...) async throws -> (trace: FileTrace, ended: Binary.Ended) {
        let file = Binary.folder() + ".trace"
        // A question mark: not every processor has every call.
        let calls = (writing + flushing + naming + making + starting).map { "?" + $0 }.joined(separator: ",")
        let ended = try await binary.run(
            arguments,
            under: ["strace", "-f", "-y", "-qq", "-s", "0", "-e", "signal=none", "-e", "trace=" + calls, "-o", file])
        defer { try? FileManager.default.removeItem(atPath: file) }
        return (FileTrace(try String(contentsOfFile: file, encoding: .utf8)), ended)
    }

    init(_ text: String) {
        // What another thread's call interrupts is written in two lines.
        var begun: [Substring: Substring] = [:]
        var calls: [Call] = []
        for line in text.split(separator: "\n") {
            let process = line.prefix { $0 != " " }
            let rest = line[process.endIndex...].drop { $0 == " " }
            if rest.hasSuffix(" <unfinished ...>") {
                begun[process] = rest.dropLast(" <unfinished ...>".count)
            } else if rest.hasPrefix("<... "), let start = begun.removeValue(forKey: process) {
                let end = rest.firstRange(of: " resumed>").map { rest[$0.upperBound...] } ?? ""
                if let call = Self.call(start + end) { calls.append(call) }
            } else if let call = Self.call(rest) {
                calls.append(call)
            }
        }
        self.calls = calls
    }

    /// A call that was not refused.
    private static func call(_ line: Substring) -> Call? {
        guard let open = line.firstIndex(of: "("), let result = line.ranges(of: " = ").last,
            !line[result.upperBound...].hasPrefix("-")
        else { return nil }
        let name = String(line[..<open])
        let quoted = line[..<result.lowerBound].split(separator: "\"", omittingEmptySubsequences: false)
            .enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
        if naming.contains(name) { return Call(name: name, path: quoted[0], target: quoted[1]) }
        if (making + starting).contains(name) { return Call(name: name, path: quoted[0]) }
        let path = line.firstIndex(of: "<").map { line[line.index(after: $0)...].prefix { $0 != ">" } } ?? ""
        return Call(name: name, path: String(path))
    }

    /// Where a file got a name that ends so.
    func naming(_ end: String) -> Int? {
        calls.firstIndex { Self.naming.contains($0.name) && $0.target.hasSuffix(end) }
    }

    /// Where a program was started, the last time.
    func starting(_ program: String) -> Int? {
        calls.lastIndex { Self.starting.contains($0.name) && $0.path.hasSuffix("/" + program) }
    }

    private func isFlushed(_ path: String, in range: Range<Int>) -> Bool {
        calls[range].contains { Self.flushing.contains($0.name) && $0.path == path }
    }

    /// What a power cut could take away: files that were not flushed behind their last byte and before they got their name, and
    /// names that were not flushed with their folder.
    /// - Parameters:
    ///   - folders: where to look.
    ///   - ends: places by which the names before them have to last.
    func risks(in folders: [String], before ends: [Int]) -> [String] {
        var risks: [String] = []
        for (place, call) in calls.enumerated() where folders.contains(where: { call.made.hasPrefix($0 + "/") }) {
            let end = ends.first { $0 > place } ?? calls.count
            if !isFlushed((call.made as NSString).deletingLastPathComponent, in: place..<end) {
                risks.append("the folder is not flushed behind \(call)")
            }
            let last = calls[..<place].lastIndex { Self.writing.contains($0.name) && $0.path == call.path }
            if let last, !isFlushed(call.path, in: last..<place) { risks.append("not flushed before \(call)") }
        }
        return risks
    }
}

extension FileTrace.Call {
    /// The name that this call gave; empty where it gave none.
    fileprivate var made: String {
        if !target.isEmpty { return target }
        return name.hasPrefix("mkdir") ? path : ""
    }
}
