import Basics
import Commerce
package import Media
package import Resources

/// Looks after the media folder: lets go of bytes that nothing shows any more.
package struct MediaKeeper: Sendable {
    private let library: MediaLibrary

    package init(_ library: MediaLibrary) {
        self.library = library
    }

    /// In each process, since each may have a folder of its own; sweeps of one folder do each other no harm.
    package var jobs: [Job] {
        [Job("sweep the media folder", everywhere: .seconds(600)) { try await sweep($0) }]
    }

    /// Lets go of bytes that nothing shows any more, if the folder is this database's; and in any case brings back those
    /// that its rows name.
    @discardableResult
    package func sweep(_ context: JobContext) async throws -> MediaLibrary.Swept {
        let storage = context.storage
        let databaseID = try await MediaOwners.databaseID(in: storage, or: MediaOwners.newDatabaseID())
        let isOwner = try await library.belongs(to: databaseID)
        if !isOwner {
            context.warn(
                """
                \(library.path) is another database's: nothing in it is ever removed by this one. If that one is lost, \
                remove \(library.path)/database
                """)
        }
        let swept = try await library.sweep(at: context.now, isOwner: isOwner) { hashes, shop in
            try await MediaOwners.used(hashes, shop: shop, in: storage)
        }
        if swept.broughtBack > 0 {
            context.warn(
                """
                \(swept.broughtBack) files lay aside in \(library.path) though they are in use: a restore was undone, or a \
                copy of this database uses the folder too, and should have one of its own
                """)
        }
        return swept
    }
}
