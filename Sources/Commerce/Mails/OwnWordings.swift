import Basics
import Resources

/// A shop's own words for mails about it: `settings.mail_templates`, an object of templates, each an object of languages, each
/// `{subject, text, html}`.
enum OwnWordings {
    private static let member = "mail_templates"
    private static let parts = ["subject", "text", "html"]

    /// What is wrong with them, for whoever saves them.
    static func faults(in settings: JSONText) throws -> [Problem.FieldError] {
        guard settings.text.contains(member), let templates = try settings.json[member], templates != .null else {
            return []
        }
        let pointer = "/settings/\(member)"
        return objects(templates, at: pointer) { name, languages, pointer in
            guard let template = MailTemplate(rawValue: name), template.isAboutShop else {
                let known = MailTemplate.allCases.filter(\.isAboutShop).map(\.rawValue).joined(separator: ", ")
                return [.init(pointer, "unknown", "is no mail about a shop; there are \(known)")]
            }
            return objects(languages, at: pointer) { language, texts, pointer in
                guard MailLanguage(rawValue: language) != nil else {
                    return [.init(pointer, "unknown", "must be one of da, en")]
                }
                return faults(of: texts, template, at: pointer)
            }
        }
    }

    /// The shop's words for a template, where it has them. What cannot be read was written behind our back, and ours are used.
    static func wording(_ template: MailTemplate, in language: MailLanguage, of settings: JSONText) throws
        -> MailWording?
    {
        guard template.isAboutShop, settings.text.contains(member),
            let texts = try settings.json[member]?[template.rawValue]?[language.rawValue]
        else { return nil }
        let patterns = parts.compactMap { try? pattern($0, texts, template) }
        guard patterns.count == parts.count else { return nil }
        return MailWording(subject: patterns[0], text: patterns[1], html: patterns[2])
    }

    private static func faults(
        of texts: JSON, _ template: MailTemplate, at pointer: String
    ) -> [Problem.FieldError] {
        guard case .object(let object) = texts else { return [notObject(pointer)] }
        let unknown = object.members.filter { !parts.contains($0.name) }.map {
            Problem.FieldError("\(pointer)/\($0.name)", "unknown", "must be one of subject, text, html")
        }
        return unknown
            + parts.compactMap { part in
                do throws(MailPattern.Refused) {
                    _ = try pattern(part, texts, template)
                    return nil
                } catch {
                    return .init("\(pointer)/\(part)", error.code, error.message)
                }
            }
    }

    private static func pattern(
        _ part: String, _ texts: JSON, _ template: MailTemplate
    ) throws(MailPattern.Refused) -> MailPattern {
        guard case .string(let text)? = texts[part], !text.isEmpty else {
            throw MailPattern.Refused("required", "is required: a mail has subject, text and html")
        }
        return try MailPattern(text, isHTML: part == "html", variables: template.variables)
    }

    private static func objects(
        _ json: JSON, at pointer: String, _ each: (String, JSON, String) -> [Problem.FieldError]
    ) -> [Problem.FieldError] {
        guard case .object(let object) = json else { return [notObject(pointer)] }
        return object.members.flatMap { each($0.name, $0.value, "\(pointer)/\($0.name)") }
    }

    private static func notObject(_ pointer: String) -> Problem.FieldError {
        .init(pointer, "type", "must be an object")
    }
}

extension JSON {
    fileprivate subscript(name: String) -> JSON? {
        if case .object(let object) = self { object[name] } else { nil }
    }
}
