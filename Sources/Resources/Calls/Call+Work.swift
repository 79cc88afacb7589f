package import Persistence

extension Call {
    /// Does the work of the endpoint.
    package func answer(from storage: any Storage) async throws -> Answer {
        switch endpoint.work {
        case .plain(let work): try await work(self)
        case .read(let work), .open(let work), .command(let work), .exchange(let work): try await work(self, storage)
        case .write(let work): try await WriteDoor.perform(self, on: storage, work)
        }
    }
}
