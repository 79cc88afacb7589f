import Basics
import Resources

/// A place between two calls of a token.
struct CallCursor {
    let began: Int64
    let call: Int64

    init(began: Int64, call: Int64) {
        (self.began, self.call) = (began, call)
    }

    /// Reads a cursor; nil for anything that is none.
    init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), case .array(let parts)? = try? JSONParser.parse(bytes),
            parts.count == 2, case .number(let began) = parts[0], case .number(let call) = parts[1],
            let began = began.integer?.int64, let call = call.integer?.int64
        else { return nil }
        self.init(began: began, call: call)
    }

    var text: String {
        Base64URL.encode(JSON.array([.number(JSONNumber(began)), .number(JSONNumber(call))]).bytes)
    }
}

extension CallCursor: BodyValue {
    static let form = BodyForm.open(["type": "string"])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> CallCursor {
        guard case .string(let text)? = json, !text.isEmpty else { throw .silent }
        if let cursor = CallCursor(text) { return cursor }
        reader.report(
            pointer, FieldFault("cursor", "is not a cursor of this list; start again without a value"))
        throw .refused
    }
}
