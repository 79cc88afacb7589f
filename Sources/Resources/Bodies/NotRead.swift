/// Why there is no value of a member.
package enum NotRead: Error {
    /// Nothing is said of it, and nothing has to be.
    case silent
    /// What is said of it cannot be; the reader has noted why.
    case refused
}
