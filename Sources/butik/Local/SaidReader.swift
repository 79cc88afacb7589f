import Basics

/// Makes of the bytes of an answer what a command said.
struct SaidReader {
    private var rest: [UInt8] = []
    /// What was said last.
    private(set) var last: Said?

    /// What is whole by now.
    mutating func read(_ bytes: [UInt8]) -> [Said] {
        rest += bytes
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let said = rest[..<end].split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSONParser.parse(Array(line))).flatMap { Said($0) }
        }
        rest.removeSubrange(...end)
        last = said.last ?? last
        return said
    }

    /// What an answer says that is a problem.
    func problem(_ status: Int) -> String {
        guard case .object(let problem)? = try? JSONParser.parse(rest), case .string(let detail)? = problem["detail"]
        else {
            return "the server answered \(status)"
        }
        return detail
    }
}
