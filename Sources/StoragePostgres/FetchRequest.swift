import Persistence

/// One `fetch` on its way: what it sends, who waits for it, and what came back so far.
///
/// `@unchecked Sendable`: confined to the caller until it is handed in, then to the readers' thread.
final class FetchRequest: @unchecked Sendable {
    /// What is known once every answer of the request is in.
    enum Verdict {
        case answered
        case failed(StorageError)
        /// Not this request's fault: it goes down the line again, in a batch of its own.
        case again
    }

    /// Beyond this, whatever stands in the way is not leaving.
    private static let repeatsMax = 5

    let statements: [BoundStatement]
    private let continuation: CheckedContinuation<[QueryResult], any Error>
    private var results: [QueryResult] = []
    private var error: StorageError?
    private var hindrance: String?
    private var repeats = 0

    /// Whether it goes between two syncs of its own, because its first try was spoiled by a neighbor or itself.
    var isAlone: Bool { repeats > 0 }
    /// When it gives up on finding a connection; nil while nothing keeps it from one.
    var deadline: ContinuousClock.Instant?
    /// Set when a connection was lost with the request on it: only a connection numbered higher may take it.
    var connectionLost: UInt64?

    init(_ statements: [BoundStatement], _ continuation: CheckedContinuation<[QueryResult], any Error>) {
        self.statements = statements
        self.continuation = continuation
    }

    func isLate(_ now: ContinuousClock.Instant) -> Bool {
        deadline.map { $0 <= now } ?? false
    }

    func add(_ result: QueryResult) {
        results.append(result)
    }

    /// Keeps the first failure: what follows it was only skipped.
    func add(_ failure: Failure) {
        guard error == nil, hindrance == nil else { return }
        switch failure {
        case .refused(let refusal): error = refusal
        case .blocked(let message): error = .busy(message)
        case .race(let message), .stale(let message), .lost(let message): hindrance = message
        }
    }

    var verdict: Verdict {
        if let error { return .failed(error) }
        guard let hindrance else { return .answered }
        return repeats < Self.repeatsMax ? .again : .failed(.busy(hindrance))
    }

    func startAgain() {
        repeats += 1
        forgetAnswers()
    }

    func forgetAnswers() {
        results = []
        error = nil
        hindrance = nil
    }

    func answer() {
        continuation.resume(returning: results)
    }

    func fail(_ error: StorageError) {
        continuation.resume(throwing: error)
    }
}
