import CCurl

/// How a transfer ended.
package struct TransferOutcome: Sendable {
    let code: CURLcode
    /// What libcurl says of it, in words; it never has a password in it.
    let words: String
    /// The code of the server's last answer; 0 where there was none.
    let status: Int
    /// The server's last answer as it stood, at most 500 bytes.
    let said: String
    /// Whether all that was to be sent was handed over to the connection.
    let isUploaded: Bool
    /// The headers of the last answer, where it is one of HTTP.
    let headers: [(name: String, value: String)]
    let body: [UInt8]
}
