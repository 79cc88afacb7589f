import Basics
import CCurl

/// Something to be taken to another server, or fetched from it: what libcurl is told of it.
package struct Transfer: Sendable {
    enum Option: Sendable {
        case number(CURLoption, Int)
        case text(CURLoption, String)
        case texts(CURLoption, [String])
    }

    var options: [Option]
    /// What is sent.
    let upload: [UInt8]
    /// The only addresses that it may connect to; nil where that is libcurl's to find.
    var allowed: [NetworkAddress]?
    /// Bytes of an answer's body that are taken; one that has more is broken off.
    let answerMax: Int

    /// - Parameters:
    ///   - schemes: the only ones that may be spoken: `smtp,smtps`.
    ///   - limits: how long it may take.
    init(_ url: String, schemes: String, limits: TransferLimits, upload: [UInt8] = [], answerMax: Int = 0) {
        self.upload = upload
        self.answerMax = answerMax
        options = [
            .text(CURLOPT_URL, url), .text(CURLOPT_PROTOCOLS_STR, schemes),
            // Neither a proxy of the environment nor signals, which are the whole process' own.
            .text(CURLOPT_PROXY, ""), .number(CURLOPT_NOSIGNAL, 1),
            .number(CURLOPT_CONNECTTIMEOUT_MS, limits.connect), .number(CURLOPT_TIMEOUT_MS, limits.inAll),
            .number(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, limits.inAll / 1000)),
        ]
    }
}
