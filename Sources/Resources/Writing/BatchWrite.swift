package import Basics
import Persistence

/// Up to a thousand writes in one request: all or nothing, or each for itself with `mode=partial`.
package struct BatchWrite: Sendable {
    package static let rowsMax = 1000
    /// Batches and imports carry more than one object.
    package static let bodyMax = 16 * 1_048_576

    package typealias Create = @Sendable (JSONObject, Call, Transaction) throws -> Answer
    package typealias Update = @Sendable (RowAddress, JSONObject, Call, Transaction) throws -> Answer
    /// Creates and updates many rows together; nil where they have to be taken one after the other.
    package typealias WriteAll = @Sendable ([Row], Call, Transaction) throws -> [Answer]?
    package typealias Delete = @Sendable (RowAddress, Call, Transaction) throws -> Answer

    package var create: Create?
    package var update: Update?
    package var delete: Delete?
    package var writeAll: WriteAll?

    /// A row that creates (without an address) or updates.
    package struct Row: Sendable {
        package let address: RowAddress?
        package let body: JSONObject
        /// Whether a row that is not there is made.
        package let isPut: Bool

        package init(address: RowAddress?, body: JSONObject, isPut: Bool) {
            self.address = address
            self.body = body
            self.isPut = isPut
        }
    }

    package init() {}

    /// - Parameter named: the resource whose rows the ids name, where that is another one.
    package func endpoint(
        for info: ResourceInfo, naming named: ResourceInfo? = nil, access: Endpoint.Access
    ) -> Endpoint {
        var endpoint = Endpoint(
            .post, "/REST/\(info.path)/batch", access, "batch_\(info.plural)",
            "Writes up to 1000 rows of \(info.plural) in one request.", documentation(info),
            .write { call, tx in try run(call, named ?? info, tx) })
        endpoint.bodyMax = BatchWrite.bodyMax
        endpoint.rowsMax = BatchWrite.rowsMax
        endpoint.standsAlone = writeAll == nil
        return endpoint
    }

    private func run(_ call: Call, _ info: ResourceInfo, _ tx: Transaction) throws -> Answer {
        guard case .array(let rows) = call.body else {
            throw Problem.malformed("body_not_array", "A batch is a JSON array of {method, id?, body?}.")
        }
        let call = call.unconditional
        let mode = call.query["mode"] ?? "atomic"
        guard mode == "atomic" || mode == "partial" else {
            throw Problem.invalid("?mode", "choice", "must be atomic or partial")
        }
        let answers = try together(rows, info, call, tx) ?? oneByOne(rows, isAtomic: mode == "atomic", info, call, tx)
        // As long as it will be: one that grows is there twice while it does.
        var writer = JSONWriter(capacity: answers.reduce(1024) { $0 + $1.body.count + 32 })
        writer.raw(#"{"results":["# as StaticString)
        for (index, answer) in answers.enumerated() {
            if index > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.raw(#"{"status":"# as StaticString)
            writer.integer(Int64(answer.status))
            writer.raw(#","body":"# as StaticString)
            writer.raw(answer.body)
            writer.raw("}" as StaticString)
        }
        writer.raw("]}" as StaticString)
        return Answer(body: writer.bytes)
    }

    /// All rows in as few round trips as one takes; nil where they differ in kind, or where something is wrong with one of
    /// them, which only taking them one by one can tell.
    private func together(
        _ rows: [JSON], _ info: ResourceInfo, _ call: Call, _ tx: Transaction
    ) throws -> [Answer]? {
        guard let writeAll, rows.count > 1 else { return nil }
        do {
            let writes = try rows.map { row in try write(row, info) }
            guard writes.allSatisfy({ $0 != nil }) else { return nil }
            return try tx.savepoint { try writeAll(writes.compactMap { $0 }, call, tx) }
        } catch is Problem {
            return nil
        }
    }

    /// The rows hold what they are about in the client's order, so nobody may be beside them who holds it in another.
    private func oneByOne(
        _ rows: [JSON], isAtomic: Bool, _ info: ResourceInfo, _ call: Call, _ tx: Transaction
    ) throws -> [Answer] {
        try tx.standAlone()
        return try rows.enumerated().map { index, row in
            isAtomic ? try one(row, at: index, info, call, tx) : try apart(row, at: index, info, call, tx)
        }
    }

    private func write(_ row: JSON, _ info: ResourceInfo) throws -> Row? {
        guard case .object(let row) = row, case .string(let method) = row["method"] else { return nil }
        switch method {
        case "POST" where create != nil:
            return Row(address: nil, body: try newBody(row), isPut: false)
        case "PUT" where update != nil, "PATCH" where update != nil:
            return Row(address: try address(row, info), body: try body(row), isPut: method == "PUT")
        default: return nil
        }
    }

    /// One row whose failure is its own.
    private func apart(
        _ row: JSON, at index: Int, _ info: ResourceInfo, _ call: Call, _ tx: Transaction
    ) throws -> Answer {
        do {
            return try tx.savepoint { try one(row, at: index, info, call, tx) }
        } catch let problem as Problem {
            return Answer(status: problem.kind.rawValue, body: problem.json(requestID: call.requestID))
        }
    }

    private func one(
        _ row: JSON, at index: Int, _ info: ResourceInfo, _ call: Call, _ tx: Transaction
    ) throws -> Answer {
        do {
            guard case .object(let row) = row else {
                throw Problem.invalid("", "type", "must be an object {method, id?, body?}")
            }
            return try perform(row, info, call, tx)
        } catch let problem as Problem {
            throw problem.within("/\(index)\(problem.code == "invalid_row" ? "" : "/body")")
        }
    }

    private func perform(_ row: JSONObject, _ info: ResourceInfo, _ call: Call, _ tx: Transaction) throws -> Answer {
        guard case .string(let method) = row["method"] else { throw BatchWrite.invalidRow("method", "is required") }
        switch method {
        case "POST":
            guard let create else { break }
            return try create(try newBody(row), call, tx)
        case "PUT", "PATCH":
            guard let update else { break }
            return try update(try address(row, info), try body(row), call, tx)
        case "DELETE":
            guard let delete else { break }
            return try delete(try address(row, info), call, tx)
        default: break
        }
        let elsewhere = info.elsewhere.map { ". " + $0 } ?? ""
        throw BatchWrite.invalidRow(
            "method", "\(call.endpoint.documentation.tag) does not take \(method) in a batch\(elsewhere)")
    }

    private func body(_ row: JSONObject) throws -> JSONObject {
        guard case .object(let body) = row["body"] else { throw BatchWrite.invalidRow("body", "must be an object") }
        return body
    }

    /// That of a row that is made: it has no id yet.
    private func newBody(_ row: JSONObject) throws -> JSONObject {
        guard row["id"] ?? .null == .null else {
            throw BatchWrite.invalidRow(
                "id", "is nothing that a POST has: it makes a new row; PUT changes the one it names")
        }
        return try body(row)
    }

    private func address(_ row: JSONObject, _ info: ResourceInfo) throws -> RowAddress {
        let address: RowAddress? =
            switch row["id"] {
            case .number(let number): number.integer.map { .id($0.int64) }
            case .string(let text): RowAddress(text, of: info)
            default: nil
            }
        guard let address else { throw BatchWrite.invalidRow("id", "must be an id") }
        return address
    }

    private static func invalidRow(_ member: String, _ message: String) -> Problem {
        var problem = Problem(.invalid, "invalid_row", "\(member) \(message)")
        problem.errors = [Problem.FieldError("/" + member, "invalid_row", message)]
        return problem
    }
}
