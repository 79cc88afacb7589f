/// What templates may use up while they are shown.
package struct TemplateBudget: Sendable {
    /// A step is a tag, or 64 bytes of text that are looked at.
    package private(set) var steps: Int
    package private(set) var bytes: Int

    package enum Exhausted: String, Error, Sendable {
        case steps, bytes
    }

    package init(steps: Int = 50_000, bytes: Int = 262_144) {
        (self.steps, self.bytes) = (steps, bytes)
    }

    /// Takes one step, and more for a text.
    mutating func step(over bytes: Int = 0) throws(Exhausted) {
        steps -= 1 + bytes / 64
        if steps < 0 { throw .steps }
    }

    /// Takes what is put out.
    mutating func put(_ count: Int) throws(Exhausted) {
        try step(over: count)
        guard count <= bytes else { throw .bytes }
        bytes -= count
    }

    /// A value on its way to be shown is no longer than all that may be.
    func admit(_ count: Int) throws(Exhausted) {
        if count > bytes { throw .bytes }
    }
}
