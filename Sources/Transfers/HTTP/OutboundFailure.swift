import CCurl

extension OutboundClient {
    /// Why there is no answer.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case refused(String)
        case unreachable
        case insecure
        case timeout
        case tooLarge
        case brokenOff

        package var description: String {
            switch self {
            case .refused(let reason): "the address \(reason)"
            case .unreachable: "the host could not be reached"
            case .insecure: "the host could not prove who it is (TLS)"
            case .timeout: "the answer took too long"
            case .tooLarge: "the answer is too large"
            case .brokenOff: "the connection ended before the answer was whole"
            }
        }

        private static let ofTLS: Set = [
            CURLE_SSL_CONNECT_ERROR.rawValue, CURLE_PEER_FAILED_VERIFICATION.rawValue, CURLE_SSL_CERTPROBLEM.rawValue,
            CURLE_SSL_CIPHER.rawValue, CURLE_SSL_ENGINE_NOTFOUND.rawValue, CURLE_SSL_ENGINE_SETFAILED.rawValue,
            CURLE_USE_SSL_FAILED.rawValue, CURLE_SSL_CACERT_BADFILE.rawValue, CURLE_SSL_ISSUER_ERROR.rawValue,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH.rawValue, CURLE_SSL_INVALIDCERTSTATUS.rawValue,
        ]

        /// - Returns: nil where there is an answer.
        init?(_ outcome: TransferOutcome) {
            switch outcome.code {
            case CURLE_OK: return nil
            case CURLE_WRITE_ERROR, CURLE_FILESIZE_EXCEEDED: self = .tooLarge
            case CURLE_OPERATION_TIMEDOUT, CURLE_ABORTED_BY_CALLBACK: self = .timeout
            case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: self = .unreachable
            case let code where Self.ofTLS.contains(code.rawValue): self = .insecure
            default: self = .brokenOff
            }
        }
    }
}
