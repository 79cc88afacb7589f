/// What stood in the way has nothing to do with this piece of work: it is tried again soon, and the try does not count.
package struct NotNow: Error, CustomStringConvertible {
    package let cause: any Error
    package var description: String { "\(cause)" }

    package init(_ cause: any Error) {
        self.cause = cause
    }
}
