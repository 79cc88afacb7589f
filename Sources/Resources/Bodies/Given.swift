/// What a body says of one member.
package enum Given<Value: Sendable>: Sendable {
    case value(Value)
    /// Nothing, and nothing has to be said.
    case nothing
    /// What cannot be; the reader has noted why.
    case refused
}
