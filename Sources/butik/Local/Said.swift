import Basics

/// One thing that a command says. A server says it as a line of JSON, and the command that asked it shows it as its own.
enum Said: Sendable, Equatable {
    /// A line of its output.
    case line(String)
    /// A line of its complaints.
    case complaint(String)
    /// How far long work is.
    case progress(String, done: Int, total: Int)
    /// It could not be done.
    case failure(String)
    /// It is over, with the command's exit code.
    case end(Int32)

    /// `{"line":"…"}`, and so on.
    var json: JSON {
        switch self {
        case .line(let text): ["line": .string(text)]
        case .complaint(let text): ["complaint": .string(text)]
        case .progress(let label, let done, let total):
            [
                "progress": .string(label), "done": .number(JSONNumber(Int64(done))),
                "total": .number(JSONNumber(Int64(total))),
            ]
        case .failure(let text): ["failure": .string(text)]
        case .end(let code): ["end": .number(JSONNumber(Int64(code)))]
        }
    }

    /// Nil for what no server of this version says.
    init?(_ json: JSON) {
        guard case .object(let said) = json, let first = said.members.first else { return nil }
        func number(_ name: String) -> Int64? { said[name]?.words.flatMap { Int64($0) } }
        switch (first.name, first.value) {
        case ("line", .string(let text)): self = .line(text)
        case ("complaint", .string(let text)): self = .complaint(text)
        case ("failure", .string(let text)): self = .failure(text)
        case ("progress", .string(let label)):
            guard let done = number("done"), let total = number("total") else { return nil }
            self = .progress(label, done: Int(done), total: Int(total))
        case ("end", _):
            guard let code = number("end").flatMap({ Int32(exactly: $0) }) else { return nil }
            self = .end(code)
        default: return nil
        }
    }
}
