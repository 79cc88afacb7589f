/// What somebody who listens is told.
enum Heard: Sendable {
    case events(FeedNews.Told)
    /// There are events behind this place that nobody keeps: they are to be read.
    case behind(Int64)
    /// Nothing came in time.
    case silence
    /// There will be no more: the client has hung up, its token is gone, or the server stops.
    case over
}
