import Synchronization

/// What the text index answered, for as long as nothing is written: whoever searches asks the same again for the next page
/// and for each choice.
final class TextAnswers: Sendable {
    private static let placesMax = 500_000

    private struct State {
        var places: [String: [Int]] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    func places(_ question: String, find: () throws -> [Int]) rethrows -> [Int] {
        if let known = state.withLock({ $0.places[question] }) { return known }
        let found = try find()
        state.withLock { state in
            if state.count + found.count > Self.placesMax { state = State() }
            state.places[question] = found
            // Even what finds nothing takes room.
            state.count += found.count + 100
        }
        return found
    }
}
