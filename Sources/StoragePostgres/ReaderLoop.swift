import CPostgres
import Persistence

/// The readers' thread: deals requests out to the connections, and keeps those alive. Confined to that thread.
final class ReaderLoop {
    /// A place for a connection.
    private enum Place {
        case down(reason: String)
        case opening(number: UInt64)
        case ready(PipelinedReader)
    }

    /// How long a read waits for a connection while there is none.
    private static let patience = Duration.seconds(5)
    /// The least time between two attempts to fill a place.
    private static let openingPause = Duration.milliseconds(200)

    private let address: ServerAddress
    private let inbox: ReaderInbox
    private var places: [Place]
    private var triedAt: [ContinuousClock.Instant?]
    private var waiting: [FetchRequest] = []
    private var connections: UInt64 = 0
    private var isClosing = false

    init(_ address: ServerAddress, count: Int, _ inbox: ReaderInbox) {
        self.address = address
        self.inbox = inbox
        places = Array(repeating: .down(reason: "Postgres was not reached yet"), count: count)
        triedAt = Array(repeating: nil, count: count)
    }

    func serve() {
        while true {
            let content = inbox.take()
            isClosing = content.isClosed
            for opening in content.openings { fill(opening.place, opening.result) }
            waiting.append(contentsOf: content.requests)
            let now = ContinuousClock.now
            dispatch(now)
            endSilence(now)
            giveUp(now)
            openPlaces(now)
            if isClosing && isIdle { return }
            for event in inbox.wait(millisecondsToNextDuty(now)) { handle(event) }
        }
    }

    private var isIdle: Bool {
        waiting.isEmpty
            && places.allSatisfy { place in
                switch place {
                case .down: true
                case .opening: false
                case .ready(let reader): reader.load == 0
                }
            }
    }

    // MARK: Requests

    private func dispatch(_ now: ContinuousClock.Instant) {
        if waiting.isEmpty { return }
        let requests = waiting
        waiting = []
        for request in requests {
            guard let (place, reader) = leastLoaded(for: request) else {
                request.deadline = request.deadline ?? now + Self.patience
                waiting.append(request)
                continue
            }
            request.deadline = nil
            guarding(place) { () throws(Failure) in try reader.send(request) }
        }
        for (place, reader) in readers { guarding(place) { () throws(Failure) in watch(reader, try reader.sync()) } }
    }

    private var readers: [(place: Int, reader: PipelinedReader)] {
        places.enumerated().compactMap { index, place in
            if case .ready(let reader) = place { (index, reader) } else { nil }
        }
    }

    private func leastLoaded(for request: FetchRequest) -> (place: Int, reader: PipelinedReader)? {
        var best: (place: Int, reader: PipelinedReader)?
        for (index, place) in places.enumerated() {
            guard case .ready(let reader) = place, reader.number > request.connectionLost ?? 0 else { continue }
            if reader.load < best?.reader.load ?? .max { best = (index, reader) }
        }
        return best
    }

    private func watch(_ reader: PipelinedReader, _ hasMoreToSend: Bool) {
        if reader.awaitsWriting == hasMoreToSend { return }
        reader.awaitsWriting = hasMoreToSend
        inbox.poller.watch(reader.socket, reader.number, writes: hasMoreToSend)
    }

    private func handle(_ event: Poller.Event) {
        // The connection may have broken earlier in this same round.
        guard let (place, reader) = readers.first(where: { $0.reader.number == event.key }) else { return }
        guarding(place) { () throws(Failure) in
            if event.isReadable { try reader.receive(complete) }
            if reader.awaitsWriting { watch(reader, try reader.flush()) }
        }
    }

    private func complete(_ request: FetchRequest) {
        switch request.verdict {
        case .answered: request.answer()
        case .failed(let error): request.fail(error)
        case .again:
            request.startAgain()
            waiting.append(request)
        }
    }

    private func giveUp(_ now: ContinuousClock.Instant) {
        let late = waiting.filter { $0.isLate(now) }
        if late.isEmpty { return }
        waiting.removeAll { $0.isLate(now) }
        var reason = "no connection to Postgres"
        for case .down(let known) in places { reason = known }
        for request in late { request.fail(.unavailable(reason)) }
    }

    // MARK: Connections

    /// Runs `body`, which fails only when the connection is lost.
    private func guarding(_ place: Int, _ body: () throws(Failure) -> Void) {
        do { try body() } catch { lose(place, error.storageError) }
    }

    private func lose(_ place: Int, _ error: StorageError) {
        guard case .ready(let reader) = places[place] else { return }
        places[place] = .down(reason: Self.reason(error))
        for request in reader.surrender() {
            // A read can be repeated, but one that takes the server down with it must not be repeated for ever.
            guard request.connectionLost == nil else {
                request.fail(error)
                continue
            }
            request.connectionLost = connections
            request.deadline = .now + Self.patience
            request.forgetAnswers()
            waiting.append(request)
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case StorageError.unavailable(let message), StorageError.busy(let message): message
        default: "\(error)"
        }
    }

    private func endSilence(_ now: ContinuousClock.Instant) {
        for (place, reader) in readers where reader.isSilent(now) {
            lose(place, .unavailable("Postgres gave no answer"))
        }
    }

    /// Opens what is down, each on a thread of its own: finding the server and logging in block.
    private func openPlaces(_ now: ContinuousClock.Instant) {
        if isClosing && waiting.isEmpty { return }
        for index in places.indices {
            guard case .down = places[index], openingTime(index, now) <= now else { continue }
            triedAt[index] = now
            do {
                try OwnThread { [address, inbox] in
                    inbox.leave(Result { try PostgresConnection(address, for: .pipelinedReads) }, for: index)
                }.detach()
                connections += 1
                places[index] = .opening(number: connections)
            } catch {
                places[index] = .down(reason: Self.reason(error))
            }
        }
    }

    private func openingTime(_ place: Int, _ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        triedAt[place].map { $0 + Self.openingPause } ?? now
    }

    private func fill(_ place: Int, _ result: Result<PostgresConnection, any Error>) {
        guard case .opening(let number) = places[place] else { return }
        do {
            let reader = try PipelinedReader(try result.get(), number: number)
            guard inbox.poller.add(reader.socket, number) else { throw StorageError.busy("epoll is full") }
            places[place] = .ready(reader)
        } catch {
            places[place] = .down(reason: Self.reason(error))
        }
    }

    /// When something is to be done though nobody calls: -1 for never.
    private func millisecondsToNextDuty(_ now: ContinuousClock.Instant) -> Int32 {
        var next = waiting.compactMap(\.deadline).min()
        for (index, place) in places.enumerated() {
            switch place {
            case .opening: continue
            case .down:
                if isClosing && waiting.isEmpty { continue }
                next = min(next ?? .now + Self.patience, openingTime(index, now))
            case .ready(let reader):
                if reader.load > 0 { next = min(next ?? now + .seconds(1), now + .seconds(1)) }
            }
        }
        guard let next else { return -1 }
        let wait = (next - now).components
        return Int32(clamping: max(0, wait.seconds * 1000 + wait.attoseconds / 1_000_000_000_000_000 + 1))
    }
}
