import Areas
package import Basics
import Exchange
import Foundation
package import Jobs
import Logging
package import Media
import Outbound
package import Persistence
package import Resources
import Transfers

extension TestServer {
    /// What jobs beside this server work with.
    /// - Parameter time: what their clock says; that of the server where nothing is said.
    package func jobContext(
        on storage: (any Storage)? = nil, at time: Instant? = nil,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) -> JobContext {
        JobContext(
            storage ?? self.storage, publicURL: Self.publicURL, clock: { [clock] in time ?? clock.now },
            services: services, warn: warn)
    }

    /// A process of its own that does jobs on this server's database.
    package func runner(_ jobs: [Job], on storage: (any Storage)? = nil) -> Runner {
        Runner(jobs, jobContext(on: storage), as: UUID().uuidString, logger: Logger(label: "test"))
    }
}

extension TestServer {
    /// Looks after this server's media folder, at a time.
    package struct Keeper {
        fileprivate let server: TestServer
        fileprivate let time: Instant

        @discardableResult
        package func sweep() async throws -> MediaLibrary.Swept {
            try await MediaKeeper(server.media).sweep(server.jobContext(at: time))
        }
    }

    package func keeper(at time: Instant) -> Keeper { Keeper(server: self, time: time) }

    /// A process that fetches images given by address.
    /// - Parameter exempt: servers of the test that may be called.
    package func imageRunner(exempt: Set<String>, on storage: (any Storage)? = nil) -> Runner {
        runner(
            ImageFetcher(
                media, OutboundClient(OutboundPolicy(exempt: exempt), by: TestServer.calls),
                for: House.resources
            ).jobs, on: storage)
    }

    /// Fetches the images that are due, as a process of its own, and answers how many those were.
    @discardableResult
    package func fetchImages(exempt: Set<String>) async throws -> Int {
        try await imageRunner(exempt: exempt).runDue()
    }
}

extension TestShop {
    private static let importing = House.jobs.filter { $0.name == ImportWork.queue.kind }

    /// Does the imports that are due, as a process of its own, and answers how many those were.
    @discardableResult
    package func importWaiting(on storage: (any Storage)? = nil) async throws -> Int {
        try await server.runner(Self.importing, on: storage).runDue()
    }

    /// Forgets the imports that are kept no longer.
    package func forgetImports() async throws {
        let runner = server.runner(House.jobs.filter { $0.name == "expire imports" })
        try await runner.open()
        try await runner.runDue()
    }
}
