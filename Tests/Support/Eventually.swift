/// Something that was waited for did not come.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String
}

/// Asks again and again until it is so.
package func eventually(_ what: String, seconds: Int = 60, _ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !(try await isSo()) {
        guard ContinuousClock.now < deadline else { throw NeverHappened(description: "\(what) never came") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
