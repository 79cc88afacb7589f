import Basics
import Foundation
import Resources
import Support
import Testing

/// The requests of the guides are sent as they stand there, and answered as they say.
@Suite struct GuideTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs").standardizedFileURL

    /// A request of a guide and what is said of its answer.
    private struct Step {
        let line: Int
        let method: String
        let path: String
        let body: Content?
        let answer: JSON
    }

    private enum Content {
        case json(JSON)
        /// A form, as programs send it to OAuth.
        case form(String)
    }

    @Test func `the catalogue guide tells the truth`() async throws {
        try await Self.follow("catalogue.md", in: try await TestShop.open())
    }

    @Test func `the guide to orders tells the truth`() async throws {
        try await Self.follow("orders.md", in: try await TestShop.open())
    }

    @Test func `the guide to MCP tells the truth`() async throws {
        try await Self.follow("mcp.md", in: try await TestShop.open())
    }

    @Test func `the guide to the audit tells the truth`() async throws {
        try await Self.follow("audit.md", in: try await TestShop.open(on: try await TestServer()))
    }

    @Test func `the guide to mails tells the truth`() async throws {
        let world = try await MailWorld.open()
        try await world.queue()
        try await Self.follow("mails.md", in: world.shop)
        await world.close()
    }

    @Test func `the guide to apps tells the truth`() async throws {
        try await Self.follow("apps.md", in: try await TestShop.open())
    }

    @Test func `the guide to OAuth tells the truth`() async throws {
        let world = try await OAuthWorld.open()
        let words = [
            "CODE": try await world.code(), "VERIFIER": OAuthWorld.verifier, "CLIENT_ID": world.client.id,
            "CLIENT_SECRET": world.client.secret?.text ?? "",
        ]
        try await Self.follow("oauth.md", in: world.shop, words)
    }

    @Test func `the guide to the feed tells the truth`() async throws {
        try await Self.follow("feed.md", in: try await TestShop.open(), ["FIRST_CURSOR": ""])
    }

    /// - Parameter words: what stands for words in capitals.
    private static func follow(_ guide: String, in shop: TestShop, _ words: [String: String] = [:]) async throws {
        var ids = GuideIDs(words: words)
        for step in try steps(of: guide) {
            let path = ids.real(path: step.path)
            let reply =
                switch step.body {
                case nil: try await shop.send(step.method, path)
                case .json(let body): try await shop.send(step.method, path, ids.real(body))
                case .form(let form):
                    try await shop.anonymous(
                        step.method, path, Array(ids.real(form: form).utf8),
                        headers: ["Content-Type": "application/x-www-form-urlencoded"])
                }
            ids.learn(step.answer, reply.json)
            let missing = missing(ids.real(step.answer), in: reply.json)
            #expect(missing == nil, "line \(step.line): \(missing ?? "") in \(reply.text)")
        }
    }

    private static func steps(of guide: String) throws -> [Step] {
        let lines = try String(contentsOf: folder.appending(path: guide), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var blocks: [(kind: String, line: Int, text: [String])] = []
        var isOpen = false
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                isOpen.toggle()
                if isOpen { blocks.append((String(line.dropFirst(3)), index + 1, [])) }
            } else if isOpen {
                blocks[blocks.count - 1].text.append(line)
            }
        }
        // What is no request is a command line, or a program's.
        blocks.removeAll { !["http", "json"].contains($0.kind) }
        try #require(!blocks.isEmpty && blocks.count.isMultiple(of: 2))
        return try stride(from: 0, to: blocks.count, by: 2).map { index in
            let (request, answer) = (blocks[index], blocks[index + 1])
            try #require(request.kind == "http" && answer.kind == "json", "line \(request.line)")
            let first = request.text[0].split(separator: " ", maxSplits: 1).map(String.init)
            let body = request.text.dropFirst().joined(separator: "\n")
            return Step(
                line: request.line, method: first[0], path: first[1],
                body: body.isEmpty ? nil : try content(body),
                answer: try JSONParser.parse(Array(answer.text.joined(separator: "\n").utf8)))
        }
    }

    private static func content(_ body: String) throws -> Content {
        ["{", "["].contains { body.hasPrefix($0) } ? .json(try JSONParser.parse(Array(body.utf8))) : .form(body)
    }

    /// What an answer lacks of what is said of it: members may be left out, elements of a list may not.
    private static func missing(_ said: JSON, in answer: JSON, at pointer: String = "") -> String? {
        switch (said, answer) {
        case (.object(let object), .object):
            return object.members.lazy.compactMap {
                missing($0.value, in: answer[$0.name], at: "\(pointer)/\($0.name)")
            }
            .first
        case (.array(let elements), .array(let others)):
            if elements.count != others.count { return "\(pointer) has \(others.count) elements" }
            return zip(elements, others).enumerated().lazy.compactMap { index, pair in
                missing(pair.0, in: pair.1, at: "\(pointer)/\(index)")
            }.first
        default: return said == answer ? nil : "\(pointer) is \(answer)"
        }
    }
}

/// The ids of a guide and its words in capitals, and what a shop gives instead.
private struct GuideIDs {
    private var known: [String: [Int64: JSON]] = [:]
    private var words: [String: String]

    init(words: [String: String]) {
        self.words = words
    }

    /// Whether a text only stands for one: `NEXT_REFRESH`.
    private static func isWord(_ text: String) -> Bool {
        text.utf8.count > 5 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private static func kind(_ name: String) -> String? {
        let name = name.hasSuffix("_2") ? String(name.dropLast(2)) : name
        return name.hasSuffix("_id") && name != "own_id" ? name : nil
    }

    /// Remembers what an answer has where the guide has an id.
    mutating func learn(_ said: JSON, _ answer: JSON) {
        switch (said, answer) {
        case (.object(let object), .object):
            for member in object.members {
                if let kind = Self.kind(member.name), case .number(let number) = member.value,
                    let id = number.integer?.int64
                {
                    if known[kind]?[id] == nil { known[kind, default: [:]][id] = answer[member.name] }
                } else if member.name == "value", case .number(let number) = member.value,
                    let id = number.integer?.int64
                {
                    known["value", default: [:]][id] = answer[member.name]
                } else {
                    learn(member.value, answer[member.name])
                }
            }
        case (.array(let elements), .array(let others)):
            for (element, other) in zip(elements, others) { learn(element, other) }
        case (.string(let word), .string(let real)) where !words.isEmpty && Self.isWord(word): words[word] = real
        default: break
        }
    }

    func real(_ json: JSON) -> JSON {
        switch json {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { member in
                        guard let kind = member.name == "value" ? "value" : Self.kind(member.name),
                            case .number(let number) = member.value, let id = number.integer?.int64
                        else { return .init(member.name, real(member.value)) }
                        return .init(member.name, known[kind]?[id] ?? member.value)
                    }))
        case .array(let elements): .array(elements.map { real($0) })
        case .string(let text): .string(words[text] ?? text)
        default: json
        }
    }

    /// A form whose values are words in capitals.
    func real(form: String) -> String {
        form.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return parts.count == 2 ? "\(parts[0])=\(words[parts[1]] ?? parts[1])" : String(pair)
        }.joined(separator: "&")
    }

    /// `/REST/landing-page/1/products` with the id this shop gave.
    func real(path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let named = parts.enumerated().map { index, part -> String in
            guard index > 0, let id = Int64(part) else { return part }
            let kind = parts[index - 1].replacing("-", with: "_") + "_id"
            return known[kind]?[id].map { String($0.integer) } ?? part
        }
        let whole = named.joined(separator: "/").split(separator: "?", maxSplits: 1).map(String.init)
        let query = whole.count == 2 ? ["?" + real(form: whole[1])] : []
        return ([whole[0]] + query).joined().replacing(" ", with: "%20")
    }
}
