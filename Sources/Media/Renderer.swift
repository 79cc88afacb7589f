import Glibc
import Subprocess

/// Makes renditions with `vipsthumbnail`, in processes that can neither take long nor grow large, a few at a time.
actor Renderer {
    /// Why there is no rendition.
    enum Failure: Error {
        /// Too many are waited for already.
        case busy
        /// The decoder would not have it.
        case unreadable
        case missingProgram
    }

    /// Two, because that is what two cores do; more would only slow each other and the shops.
    private static let runningMax = 2
    private static let waitingMax = 64
    /// Past these the process is ended, whatever it is doing.
    private static let seconds = 20
    private static let memoryBytes = 1 << 30
    private static let fileBytes = 64 << 20

    private var running = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var underWay: [String: Task<Void, any Error>] = [:]

    /// How often a process was started, for tests.
    private(set) var started = 0

    /// Makes a rendition; two who ask for the same one get the same one.
    /// - Parameter original: its path, as the decoder shall read it.
    func make(
        _ rendition: Rendition, of original: String, at path: String, finish: @escaping @Sendable () throws -> Void
    ) async throws {
        if let task = underWay[path] { return try await task.value }
        guard running < Self.runningMax || waiting.count < Self.waitingMax else { throw Failure.busy }
        // Not a child of the request: whoever asked first may hang up, and the others still want it.
        let task = Task {
            await self.enter()
            defer { self.leave() }
            try await self.run(rendition, original, path)
            try finish()
        }
        underWay[path] = task
        defer { underWay[path] = nil }
        try await task.value
    }

    private func enter() async {
        if running < Self.runningMax {
            running += 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().resume() }
    }

    private func run(_ rendition: Rendition, _ original: String, _ path: String) async throws {
        started += 1
        let part = path + ".part." + rendition.type.fileExtension
        defer { unlink(part) }
        let limits = [
            "--kill-after=1", "\(Self.seconds)", "prlimit", "--as=\(Self.memoryBytes)", "--cpu=\(Self.seconds)",
            "--fsize=\(Self.fileBytes)", "--core=0", "vipsthumbnail",
        ]
        // Nothing of our own environment: it may hold passwords. Loaders that are not built for strangers' files stay off,
        // and so does code made at run time, which hardened services forbid.
        let environment: [Environment.Key: String] = [
            "PATH": "/usr/bin:/bin", "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1", "VIPS_NOVECTOR": "1",
            "LC_ALL": "C",
        ]
        let result = try await Subprocess.run(
            .path("/usr/bin/timeout"), arguments: Arguments(limits + rendition.arguments(original, part)),
            environment: .custom(environment), output: .discarded, error: .discarded)
        guard result.terminationStatus.isSuccess else {
            // `timeout` and `prlimit` say 127 where there is no such program.
            if case .exited(127) = result.terminationStatus { throw Failure.missingProgram }
            throw Failure.unreadable
        }
        guard rename(part, path) == 0 else { throw Disk.fault("rename \(part)") }
    }
}

extension Rendition {
    fileprivate func arguments(_ original: String, _ output: String) -> [String] {
        var arguments = ["--size", mode == .fit ? "\(width)x\(height)>" : "\(width)x\(height)", "--eprofile", "srgb"]
        if mode == .box { arguments += ["--smartcrop", "centre"] }
        let options =
            switch type {
            case .jpeg: "Q=\(quality),strip,optimize_coding"
            case .webp: "Q=\(quality),strip"
            case .avif: "Q=\(quality),strip,effort=2"
            default: "strip"
            }
        return arguments + ["-o", "\(output)[\(options)]", original]
    }
}
