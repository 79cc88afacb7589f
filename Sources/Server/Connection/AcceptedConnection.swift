import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// A connection between its acceptance and its service. One that comes while the server stops is dropped in between; NIO would
/// end the process for a channel that nobody has closed.
final class AcceptedConnection: ServerChildChannelValue {
    private let connection: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    private let isServed = Atomic<Bool>(false)

    init(_ connection: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>) {
        self.connection = connection
    }

    var channel: any Channel { connection.channel }

    /// The connection, for whoever serves and closes it.
    func take() -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        isServed.store(true, ordering: .relaxed)
        return connection
    }

    deinit {
        guard !isServed.load(ordering: .relaxed) else { return }
        Task { [connection] in
            // Its client hears of it; there is nobody else to tell.
            try? await connection.executeThenClose { _, _ in }
        }
    }
}
