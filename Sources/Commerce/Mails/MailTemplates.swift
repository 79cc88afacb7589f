import Basics

/// The words of all templates, as they came with the binary. A shop's own are read when a mail is written.
package struct MailTemplates: Sendable {
    private let wordings: [MailTemplate: [MailLanguage: MailWording]]

    /// A file that is missing or is none of ours: a mistake of whoever built this.
    package struct Broken: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter file: reads `invitation.da.txt`, whose first line is `Subject: ` and the subject, and `invitation.da.html`.
    package init(_ file: (String) throws -> [UInt8]) throws {
        wordings = try MailTemplate.allCases.reduce(into: [:]) { wordings, template in
            for language in MailLanguage.allCases {
                wordings[template, default: [:]][language] = try Self.wording(template, language, file)
            }
        }
    }

    private static func wording(
        _ template: MailTemplate, _ language: MailLanguage, _ file: (String) throws -> [UInt8]
    ) throws -> MailWording {
        let name = "\(template.rawValue).\(language.rawValue)"
        func text(_ kind: String) throws -> String { String(decoding: try file("\(name).\(kind)"), as: UTF8.self) }
        let lines = try text("txt").split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].hasPrefix("Subject: "), lines[1].isEmpty else {
            throw Broken(description: "\(name).txt must begin with a line Subject: … and an empty one")
        }
        let html = try text("html")
        do throws(MailPattern.Refused) {
            return MailWording(
                subject: try MailPattern(String(lines[0].dropFirst(9)), isHTML: false, variables: template.variables),
                text: try MailPattern(String(lines[2]), isHTML: false, variables: template.variables),
                html: try MailPattern(html, isHTML: true, variables: template.variables))
        } catch {
            throw Broken(description: "\(name) \(error.message)")
        }
    }

    func wording(_ template: MailTemplate, in language: MailLanguage) -> MailWording? { wordings[template]?[language] }
}
