import Persistence
import Secrets

extension Plan {
    /// Whether some of its members lie sealed in the database.
    var isSealed: Bool { items.contains { $0.kind == .sealed } }

    /// Opens what rows have sealed. What is empty was never sealed.
    func open(_ rows: inout Rows, of info: ResourceInfo, with keys: Keyring?) throws {
        guard isSealed else { return }
        guard let keys else { throw Services.Missing(service: "\(Keyring.self)") }
        let columns = items.filter { $0.kind == .sealed }.compactMap(\.column)
        for index in rows.indices {
            let id = try rows[index].id(by: self)
            for column in columns {
                let text = rows[index].text(of: column)
                guard !text.isEmpty else { continue }
                let place = SealedPlace(info.table, id, expressions[column])
                rows.replace(index, at: column, with: try keys.open(text, as: place))
            }
        }
    }
}

extension Call {
    /// What opens the sealed members of a resource, where it has any.
    func keys(for info: ResourceInfo) throws -> Keyring? {
        info.plan.isSealed ? try services.get(Keyring.self) : nil
    }
}
