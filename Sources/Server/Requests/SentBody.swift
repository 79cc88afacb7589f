import Basics
import Resources

/// A body that was read.
struct SentBody {
    var json: JSON?
    /// What an endpoint that takes a file was sent.
    var file: [UInt8] = []
    /// The files that came with the JSON.
    var uploads = Uploads()
    /// The parameters of the address, and those that came in a form.
    var query: Query
    /// What tells this request from another under the same idempotency key.
    var fingerprint: [UInt8] = []
}
