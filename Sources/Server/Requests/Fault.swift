import Persistence
import Resources

/// What a client is told about an error that is not a problem yet.
enum Fault {
    static func problem(for error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as StorageError: problem(for: error)
        default: Problem(.internal, "internal", "Something went wrong here. The request id finds it in the log.")
        }
    }

    private static func problem(for error: StorageError) -> Problem {
        switch error {
        case .busy: retry("busy", "The database is busy; try again in a moment.", after: 1)
        case .full: retry("storage_full", "The disk is full: nothing can be written, reading goes on.", after: 60)
        case .unavailable:
            retry(
                "database_unavailable",
                "The database did not answer. Whether a write was done is unknown; repeat it with its Idempotency-Key.",
                after: 2)
        case .constraint(_, let name):
            .conflict("constraint", "This would break a rule of the shop's data (\(name)).")
        case .unstorable: .unstorable
        case .statement:
            Problem(.internal, "internal", "Something went wrong here. The request id finds it in the log.")
        }
    }

    private static func retry(_ code: String, _ detail: String, after seconds: Int) -> Problem {
        var problem = Problem(.unavailable, code, detail)
        problem.headers = [("Retry-After", String(seconds))]
        return problem
    }
}
