import HummingbirdCore
import Logging
import NIOCore

/// Runs tasks on one event loop, so that a connection's work stays on its thread and an answer needs no hop.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// An HTTP/1 channel whose task is pinned to the channel's event loop, with deadlines on what a client sends.
struct PinnedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let inner: HTTP1Channel
    private let executors: [ObjectIdentifier: LoopExecutor]
    private let headSeconds: Int64

    init(_ inner: HTTP1Channel, on group: any EventLoopGroup, headSeconds: Int64) {
        self.inner = inner
        self.headSeconds = headSeconds
        executors = Dictionary(
            group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) },
            uniquingKeysWith: { first, _ in first })
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let deadline = channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HeadDeadline(seconds: headSeconds), position: .first)
        }
        return deadline.flatMap { inner.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        guard let executor = executors[ObjectIdentifier(value.channel.eventLoop)] else {
            return await inner.handle(value: value, logger: logger)
        }
        await withTaskExecutorPreference(executor) { await inner.handle(value: value, logger: logger) }
    }
}
