/// A value read from a request. Numbers keep their text, so that no digit is lost on the way to minor units.
package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}
