/// The files of one request. In the body a key stands where the bytes stood; it is made up anew each time, so that no client
/// can name a file that it did not send.
package struct Uploads: Sendable {
    private var results: [String: Result<Upload, FieldFault>] = [:]

    package init() {}

    /// Takes in a file, or why it was refused, and answers the key to put into the body.
    package mutating func add(_ result: Result<Upload, FieldFault>) -> String {
        let key = "upload:" + String(UInt64.random(in: .min ... .max), radix: 36) + "-\(results.count)"
        results[key] = result
        return key
    }

    /// The file under a key; nil where there is none.
    package func file(_ key: String) throws(FieldFault) -> Upload? {
        try results[key]?.get()
    }
}
