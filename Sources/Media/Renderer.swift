import Glibc
import Resources

/// Makes renditions with `vipsthumbnail`, in processes that can neither take long nor grow large, a few at a time.
actor Renderer {
    /// Why there is no rendition.
    enum Failure: Error, Equatable {
        /// Too many are waited for already, by all who want pictures of the shop.
        case busy
        /// This client waits for too many already, or has had too much made for now; after so many seconds it may again.
        case tooMuch(seconds: Int)
        /// The decoder would not have this picture, and has others.
        case unreadable
        case tooSlow
        case missingProgram
        /// Not even a picture that is known to be good can be made.
        case broken
    }

    private let programs: String
    private let temporary: String
    private let clock: @Sendable () -> ContinuousClock.Instant
    private var turns = RenderTurns<CheckedContinuation<Void, any Error>>()
    private var budgets = RenderBudgets()
    private var underWay: [String: Task<Void, any Error>] = [:]

    /// How often a process was started, for tests.
    private(set) var started = 0

    /// How many wait for their turn, for tests.
    var lineLength: Int { turns.lineLength }

    /// - Parameter temporary: a folder for what is not whole yet, from which what is left is swept.
    init(
        programs: String, temporary: String, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.programs = programs
        self.temporary = temporary
        self.clock = clock
    }

    /// Makes a rendition; two who ask for the same one get the same one.
    /// - Parameters:
    ///   - original: its path, as the decoder shall read it.
    ///   - path: what tells it from others.
    ///   - asker: whose turn it takes.
    ///   - publish: takes the file that was made where it belongs.
    func make(
        _ rendition: Rendition, of original: String, at path: String, for asker: RenderAsker,
        publish: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        while let task = underWay[path] {
            do {
                return try await task.value
            } catch Failure.busy, Failure.tooMuch {
                // That was about whoever asked first.
                continue
            }
        }
        if let seconds = budgets.wait(asker, at: clock()) { throw Failure.tooMuch(seconds: seconds) }
        // Not a child of the request: whoever asked first may hang up, and the others still want it.
        let task = Task {
            defer { self.underWay[path] = nil }
            try await self.enter(asker)
            let start = self.clock()
            defer { self.leave(asker, since: start) }
            // What was made while it stood in line counts too.
            if let seconds = self.budgets.wait(asker, at: start) { throw Failure.tooMuch(seconds: seconds) }
            try await self.run(rendition, original, publish)
        }
        underWay[path] = task
        try await task.value
    }

    /// What is wrong with the pixels of a picture, as its decoder sees them; nil where nothing is, or where nobody can tell.
    /// - Parameter shop: whose turn it takes; what a token brings in is never refused for its number.
    func fault(in path: String, _ header: ImageHeader, shop: Int64) async throws -> FieldFault? {
        let asker = RenderAsker(shop: shop)
        try await enter(asker)
        let start = clock()
        defer { leave(asker, since: start) }
        let options =
            switch header.type {
            // An eighth of each side: all that is there is read, and little of it worked out.
            case .jpeg: "shrink=8"
            case .gif, .webp: header.frames > 1 ? "n=-1" : ""
            default: ""
            }
        do {
            switch try await vips("vips", Self.reading(path, options)) {
            // To libjpeg this is a warning like others, which sound pictures have too.
            case .done(let complaints): return complaints.contains("premature end of data") ? .truncated : nil
            case .refused:
                let sample = try sample()
                defer { withExtendedLifetime(sample) {} }
                guard case .done = try await vips("vips", Self.reading(sample.path, "")) else { return nil }
                return .undecodable
            }
        } catch Failure.missingProgram {
            return nil
        }
    }

    /// Decodes a picture and keeps nothing of it.
    private static func reading(_ path: String, _ options: String) -> [String] {
        ["avg", "\(path)[\(options.isEmpty ? "" : options + ",")fail-on=truncated,access=sequential]"]
    }

    private func enter(_ asker: RenderAsker) async throws {
        try await withCheckedThrowingContinuation { continuation in
            if let refused = turns.wait(asker, continuation) {
                refused.ticket.resume(
                    throwing: refused.reason == .crowded ? Failure.busy : Failure.tooMuch(seconds: 2))
            }
            begin()
        }
    }

    private func leave(_ asker: RenderAsker, since start: ContinuousClock.Instant) {
        let now = clock()
        budgets.charge(asker, now - start, at: now)
        turns.end(asker)
        begin()
    }

    private func begin() {
        while let next = turns.next() { next.resume() }
    }

    private func run(
        _ rendition: Rendition, _ original: String, _ publish: @Sendable (String) async throws -> Void
    ) async throws {
        started += 1
        // A name of its own: another server of the same folder may make the same.
        let part = try TemporaryFile(in: temporary, type: rendition.type)
        defer { withExtendedLifetime(part) {} }
        switch try await vips("vipsthumbnail", rendition.arguments(original, part.path)) {
        case .done: try await publish(part.path)
        case .refused: throw try await canMake(rendition, part.path) ? Failure.unreadable : .broken
        }
    }

    /// Whether the same can be made of a picture that is known to be good, which tells whose fault a failure was.
    private func canMake(_ rendition: Rendition, _ part: String) async throws -> Bool {
        let sample = try sample()
        // It is gone with the value, which nothing else holds while it is read.
        defer { withExtendedLifetime(sample) {} }
        if case .done = try await vips("vipsthumbnail", rendition.arguments(sample.path, part)) { return true }
        return false
    }

    private func sample() throws -> TemporaryFile {
        let file = try TemporaryFile(in: temporary)
        try Self.pixel.withUnsafeBytes { try file.write($0) }
        return file
    }

    /// A PNG of one pixel.
    private static let pixel =
        Base64.decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNwaDgAAAKEAYEYanSHAAAAAElFTkSuQmCC") ?? []

    /// Runs a program of libvips.
    private func vips(_ program: String, _ arguments: [String]) async throws -> BoundedProcess.Outcome {
        do {
            return try await BoundedProcess(programs: programs).run(program, arguments)
        } catch let ended as BoundedProcess.Ended {
            throw ended == .notFound ? Failure.missingProgram : .tooSlow
        }
    }
}

extension Rendition {
    fileprivate func arguments(_ original: String, _ output: String) -> [String] {
        var arguments = ["--size", mode == .fit ? "\(width)x\(height)>" : "\(width)x\(height)", "--eprofile", "srgb"]
        if mode == .box { arguments += ["--smartcrop", "centre"] }
        let options =
            switch type {
            // It knows no transparency: on white a logo is seen, on black most are not.
            case .jpeg: "Q=\(quality),strip,optimize_coding,background=255"
            case .webp: "Q=\(quality),strip"
            case .avif: "Q=\(quality),strip,effort=2"
            default: "strip"
            }
        return arguments + ["-o", "\(output)[\(options)]", original]
    }
}
