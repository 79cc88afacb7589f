import Basics
import Resources

extension RequestBodyReader {
    /// A form of a page or a program (application/x-www-form-urlencoded) as an object of texts, or nil where there is none.
    /// - Throws: where a name is there twice: nobody could say which one counts.
    static func form(_ bytes: [UInt8], type: String?) throws -> JSON? {
        guard !bytes.isEmpty else { return nil }
        guard type?.lowercased().prefix(while: { $0 != ";" }).trimmingSuffix(" ") == "application/x-www-form-urlencoded"
        else {
            throw Problem(.unsupportedType, "unsupported_type", "Send a form: application/x-www-form-urlencoded.")
        }
        guard let text = String(validating: bytes, as: UTF8.self), let items = Query(encoded: text[...])?.items else {
            throw Problem.malformed("form", "The form is not valid percent-encoded UTF-8.")
        }
        var (form, names) = (JSONObject(), Set<String>())
        for item in items {
            guard names.insert(item.name).inserted else {
                throw Problem.malformed("form", "The form has a name more than once.")
            }
            form.append(item.name, .string(item.value))
        }
        return .object(form)
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }
}
