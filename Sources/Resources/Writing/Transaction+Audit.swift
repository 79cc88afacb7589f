import Persistence

/// The one place that sees to the audit of resources that are audited (`Schema`).
extension Transaction {
    /// Notes a row that was stored.
    func note<R: Resource>(_ draft: Draft<R>, _ record: [SQLValue], _ view: AuditView) {
        let info = R.info
        let change: Change = draft.stored == nil ? .created : .updated
        note(
            AuditNote(
                draft.action ?? change.rawValue, info.name, record[0],
                before: draft.stored.map { view.text($0.record, for: tenant) }, after: view.text(record, for: tenant)))
    }

    /// Notes a row that is deleted.
    func noteRemoved<R: Resource>(_ stored: Stored<R>) {
        guard let view = R.info.auditView else { return }
        let before = view.text(stored.record, for: tenant)
        note(AuditNote(Change.deleted.rawValue, R.info.name, stored.id, before: before, after: nil))
    }
}
