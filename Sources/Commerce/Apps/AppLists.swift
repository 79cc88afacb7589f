import Basics
import Persistence
import Resources
import Secrets

/// The external lists of an app's fields, as they were asked for before a write begins.
struct AppLists: Sendable {
    private let keys: [String: Set<ExactText>]

    /// Has the lists ready that the values of a body need.
    static func ready(for call: Call, app id: Int64?, _ values: JSON?, in storage: any Storage) async throws -> Call {
        var keys: [String: Set<ExactText>] = [:]
        if let id, case .object(let given) = values, let form = try await AppForm.of(id, call, in: storage) {
            for field in form.fields
            where field.isExternal && given[field.name].map({ $0 != .null && $0 != "" }) ?? false {
                keys[field.name] = try await form.list(of: field, call).map { Set($0.map { ExactText($0.key) }) }
            }
        }
        var call = call
        call.services.add(AppLists(keys: keys))
        return call
    }

    /// - Throws: 422 for what its list does not have, or where there is no list.
    func check(_ values: JSONObject, of fields: [AppField]) throws {
        let faults = fields.filter(\.isExternal).compactMap { field -> Problem.FieldError? in
            guard let value = values[field.name], value != .null, value != "" else { return nil }
            let pointer = "/fields/\(field.name)"
            guard let known = keys[field.name] else {
                return .init(pointer, "list_unavailable", "has a list that the app does not answer; try again later")
            }
            guard let key = value.words, known.contains(ExactText(key)) else {
                return .init(pointer, "choice", "is not in the app's list")
            }
            return nil
        }
        guard let first = faults.first else { return }
        guard faults.allSatisfy({ $0.code == "list_unavailable" }) else { throw Problem.invalid(faults) }
        throw Problem.invalid(first.pointer, first.code, first.message)
    }
}
