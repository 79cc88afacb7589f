/// A sealed value that does not open.
package enum SealFault: Error, Equatable, CustomStringConvertible {
    case malformed(SealedPlace)
    case unknownKey(String, SealedPlace)
    case notHere(SealedPlace)

    package var description: String {
        switch self {
        case .malformed(let place): "\(place) is no sealed value: it must read v1.KEY.NONCE.CIPHERTEXT"
        case .unknownKey(let key, let place):
            "\(place) is sealed with master key \(key), which is not among the keys given"
        case .notHere(let place):
            "\(place) does not open: the value was changed, or sealed for another place or with another key"
        }
    }
}
