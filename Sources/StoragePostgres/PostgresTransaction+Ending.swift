import Persistence

/// How a transaction ends.
extension PostgresTransaction {
    func conclude<T: Sendable>(_ result: Result<T, any Error>) -> Outcome<T> {
        switch (fate, result) {
        case (.again(let reason), _):
            rollBack()
            return .again(reason)
        case (.lost(let message), _):
            return .failed(StorageError.unavailable(message))
        case (.refused(let error), _):
            rollBack()
            return .failed(error)
        case (_, .failure(let error)):
            rollBack()
            return .failed(error)
        case (_, .success(let value)):
            return hasBegun || hasPosted ? commit(value) : .done(value)
        }
    }

    private func commit<T: Sendable>(_ value: T) -> Outcome<T> {
        do {
            let answer = try connection.exchange(try takeWaiting() + [.command("COMMIT")]).last
            // A body that swallowed an error ends here: the server answers COMMIT of a failed transaction with ROLLBACK.
            if answer?.tag == "COMMIT" { return .done(value) }
            return .failed(StorageError.statement("a statement had failed, so the transaction was rolled back"))
        } catch let failure as Failure {
            return undone(failure)
        } catch {
            rollBack()
            return .failed(error)
        }
    }

    /// What a commit that failed leaves, where what went ahead of it may be to blame.
    private func undone<T: Sendable>(_ failure: Failure) -> Outcome<T> {
        rollBack()
        switch failure {
        case .race(let message): return .again(.race(message))
        case .blocked(let message): return .again(.blocked(message))
        case .stale(let message):
            connection.abandon()
            return .again(.connection(message))
        case .refused, .lost: return .failed(failure.storageError)
        }
    }

    func rollBack() {
        guard hasBegun, !connection.isBroken else { return }
        do { _ = try connection.exchange([.command("ROLLBACK")]) } catch { connection.abandon() }
    }
}
